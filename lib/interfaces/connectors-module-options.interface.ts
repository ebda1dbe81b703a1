import type { Base44Client } from './base44-client.interface.js';

/**
 * A service token, or a function that gives one; the function is asked for each request to Base44.
 *
 * @publicApi
 */
export type ServiceToken = string | (() => string | Promise<string>);

/**
 * How connections are kept in memory.
 *
 * @publicApi
 */
export interface CacheOptions {
  /**
   * How long a connection is kept, in milliseconds.
   *
   * @default 60_000
   */
  readonly ttlMs?: number | undefined;
  /**
   * How many connections are kept at most; the least recently used one goes first.
   *
   * @default 10_000
   */
  readonly maxEntries?: number | undefined;
}

/**
 * How requests to Base44 are carried out.
 *
 * @publicApi
 */
export interface ResilienceOptions {
  /**
   * The longest a call waits for Base44, in milliseconds, 1 to 600,000.
   *
   * @default 15_000
   */
  readonly deadlineMs?: number | undefined;
}

/**
 * The options of `ConnectorsModule`, checked while the application boots.
 *
 * @publicApi
 */
export interface ConnectorsModuleOptions {
  /** The id of the Base44 app, as in the address of its editor. */
  readonly appId: string;
  /** The app's service token. Required unless `client` is given. */
  readonly serviceToken?: ServiceToken | undefined;
  /**
   * The address of Base44: https only, but for loopback.
   *
   * @default 'https://base44.app'
   */
  readonly serverUrl?: string | undefined;
  /**
   * Lets `serverUrl` be plain http on any host. The service token then crosses the network unprotected.
   *
   * @default false
   */
  readonly allowInsecureServerUrl?: boolean | undefined;
  /** Asked in place of the built-in client, which then needs no `serviceToken`. */
  readonly client?: Base44Client | undefined;
  /**
   * Sends requests to Base44 through the proxy that `HTTPS_PROXY`, `HTTP_PROXY`
   * and `ALL_PROXY` name. Off, these variables are ignored: a proxy for plain http
   * sees the tokens.
   *
   * @default false
   */
  readonly useEnvironmentProxy?: boolean | undefined;
  /** `false` keeps nothing: every call asks Base44. */
  readonly cache?: CacheOptions | false | undefined;
  readonly resilience?: ResilienceOptions | undefined;
}

/**
 * Makes the options; the class form of `useFactory`, for `useClass` and `useExisting`.
 *
 * @publicApi
 */
export interface ConnectorsOptionsFactory {
  createConnectorsOptions(): ConnectorsModuleOptions | Promise<ConnectorsModuleOptions>;
}
