import type { Base44Client } from './base44-client.interface.js';
import type { CacheOptions } from './cache-options.interface.js';
import type { RequestOptions } from './incoming-request.interface.js';
import type { ResilienceOptions } from './resilience-options.interface.js';

/**
 * A service token, or a function that returns one. The function is called for each request to Base44.
 * The module logs the stack of an error that it throws.
 *
 * @publicApi
 */
export type ServiceToken = string | (() => string | Promise<string>);

/**
 * The mode in which required connectors are checked at startup. `'warn'` logs a report. `'fail'`
 * aborts startup if a connector does not work.
 *
 * @publicApi
 */
export type VerifyOnBootstrap = 'off' | 'warn' | 'fail';

/**
 * The URL of the broker and the secret that signs requests to it.
 *
 * @publicApi
 */
export interface BrokerOptions {
  /** The URL of the function: `https://<app>/functions/connectors-broker`. It must be https, except on loopback. */
  readonly url: string;
  /** The value of the app's secret `CONNECTORS_BROKER_SECRET`, at least 32 characters. */
  readonly secret: string;
}

/**
 * The options of `ConnectorsModule`. They are validated at startup, and one error reports every mistake.
 *
 * @example
 * // Outside Base44:
 * { appId: '66f…', broker: { url: 'https://my-app.base44.app/functions/connectors-broker', secret } }
 * // Behind Base44, which forwards requests to the application:
 * { appId: '66f…', request: { base44Headers: true } }
 * // With a service token:
 * { appId: '66f…', serviceToken }
 *
 * @publicApi
 */
export interface ConnectorsModuleOptions {
  /** The id of the Base44 app, from the URL of its editor. */
  readonly appId: string;
  /** The app's service token. Required unless `broker`, `client` or `request.base44Headers` is set. */
  readonly serviceToken?: ServiceToken | undefined;
  /** The broker, a function in the Base44 app. It replaces `serviceToken` for applications outside Base44. */
  readonly broker?: BrokerOptions | undefined;
  /** An `@base44/sdk` client to use in place of the built-in one. It replaces `serviceToken`. */
  readonly client?: Base44Client | undefined;
  /** The data that the module reads from incoming requests. It reads none by default. */
  readonly request?: RequestOptions | undefined;
  /**
   * The URL of Base44, without a path. It must be https, except on loopback.
   *
   * @default 'https://base44.app'
   */
  readonly serverUrl?: string | undefined;
  /**
   * The URL of the app itself, without a path: `https://<app>.base44.app`, or its own domain. It must be
   * https, except on loopback.
   *
   * `connectAppUser()` and the connect route of `appUserRoutes` send their request to it, with the user's
   * token. Base44 derives the redirect address of OAuth from the host of that request. For that, it documents
   * only the hosts of apps. Set this option if the provider rejects the redirect address.
   *
   * @default `serverUrl`
   */
  readonly appUrl?: string | undefined;
  /**
   * Allows plain http in `serverUrl` and `appUrl` for any host. The service token then crosses the network unencrypted.
   *
   * @default false
   */
  readonly allowInsecureServerUrl?: boolean | undefined;
  /**
   * Sends requests to Base44 through the proxy in `HTTPS_PROXY`, `HTTP_PROXY` or `ALL_PROXY`.
   * The variables are ignored by default, because a plain-http proxy can read the tokens.
   *
   * @default false
   */
  readonly useEnvironmentProxy?: boolean | undefined;
  /**
   * The options of the connection cache. `false` disables the cache, but concurrent calls still share
   * one request.
   *
   * @default {}
   */
  readonly cache?: CacheOptions | false | undefined;
  /**
   * Deadlines, retries and the circuit breaker. `false` means one attempt with a deadline of 15 seconds.
   *
   * @default {}
   */
  readonly resilience?: ResilienceOptions | false | undefined;
  /**
   * Checks at startup every connector that decorators require, and reports the handlers that need it.
   *
   * `'warn'` logs the report. `'fail'` aborts startup if a required connector does not work.
   * A Base44 outage does not abort startup; it delays it by at most `resilience.deadlineMs`.
   * Connectors of app users are not checked.
   *
   * @default 'off'
   */
  readonly verifyOnBootstrap?: VerifyOnBootstrap | undefined;
}

/**
 * A class that creates the options of `ConnectorsModule`. `useClass` and `useExisting` in
 * `forRootAsync()` take it.
 *
 * @publicApi
 */
export interface ConnectorsOptionsFactory {
  /** Returns the options. The module validates them. */
  createConnectorsOptions(): ConnectorsModuleOptions | Promise<ConnectorsModuleOptions>;
}
