import type { Base44Client } from './base44-client.interface.js';
import type { RequestOptions } from './incoming-request.interface.js';

/**
 * A service token, or a function that gives one; the function is asked for each request to Base44.
 *
 * @publicApi
 */
export type ServiceToken = string | (() => string | Promise<string>);

/**
 * Where processes share connections: any `Keyv` of the keyv package, or what has these methods.
 *
 * @publicApi
 */
export interface ConnectorsStore {
  get(key: string): Promise<unknown>;
  set(key: string, value: string, ttlMs?: number): Promise<unknown>;
  delete(key: string): Promise<unknown>;
}

/**
 * How connections are kept.
 *
 * @publicApi
 */
export interface CacheOptions {
  /**
   * How long a connection is kept at most, in milliseconds. It is renewed in the
   * background before that; where a token's own expiry is known and sooner, that counts.
   *
   * @default 60_000
   */
  readonly ttlMs?: number | undefined;
  /**
   * How long "not connected" is remembered, in milliseconds; 0: not at all.
   *
   * @default 5_000
   */
  readonly negativeTtlMs?: number | undefined;
  /**
   * How much longer than `ttlMs` the last good connection is given out while
   * Base44 fails, in milliseconds; 0: not at all.
   *
   * @default 300_000
   */
  readonly staleIfErrorMs?: number | undefined;
  /**
   * How many connections are kept at most; the least recently used one goes first.
   *
   * @default 10_000
   */
  readonly maxEntries?: number | undefined;
  /** Shares connections with other processes. Needs `encryptionKeys`. */
  readonly store?: ConnectorsStore | undefined;
  /**
   * What entries in `store` are encrypted with (AES-256-GCM): 32 random bytes each,
   * in base64, as `openssl rand -base64 32` prints them. The first key encrypts, all decrypt.
   */
  readonly encryptionKeys?: readonly string[] | undefined;
  /**
   * The longest that one call of `store` is waited for, in milliseconds.
   *
   * @default 250
   */
  readonly storeDeadlineMs?: number | undefined;
}

/**
 * How requests to Base44 are carried out.
 *
 * @publicApi
 */
export interface ResilienceOptions {
  /**
   * The longest that one attempt waits for Base44, in milliseconds, 1 to 600,000. A
   * metered call, which is not repeated once it is sent, has the whole deadline.
   *
   * @default 5_000
   */
  readonly attemptTimeoutMs?: number | undefined;
  /**
   * The longest that a call waits for Base44, all attempts and pauses included, in milliseconds, 1 to 600,000.
   *
   * @default 15_000
   */
  readonly deadlineMs?: number | undefined;
  /**
   * How many attempts may follow a failed one. Only failures that may pass are
   * followed by another attempt, and metered calls only when they were certainly not executed.
   *
   * @default 2
   */
  readonly retries?: number | undefined;
  /** Gives Base44 a pause when it fails several times in a row. `false`: never. */
  readonly breaker?: BreakerOptions | false | undefined;
}

/**
 * @publicApi
 */
export interface BreakerOptions {
  /**
   * How many failures in a row open the breaker.
   *
   * @default 5
   */
  readonly failureThreshold?: number | undefined;
  /**
   * How long calls then fail at once, in milliseconds, until one may try again while
   * the others wait for what becomes of it.
   *
   * @default 10_000
   */
  readonly halfOpenAfterMs?: number | undefined;
}

/**
 * What becomes of connectors that the application's decorators ask for and that do not work.
 *
 * @publicApi
 */
export type VerifyOnBootstrap = 'off' | 'warn' | 'fail';

/**
 * Where the broker is, and what it knows this application by.
 *
 * @publicApi
 */
export interface BrokerOptions {
  /** `https://<app>/functions/connectors-broker`; https only, but for loopback. */
  readonly url: string;
  /** The value of the app's secret `CONNECTORS_BROKER_SECRET`: 32 characters or more. */
  readonly secret: string;
}

/**
 * The options of `ConnectorsModule`, checked while the application boots.
 *
 * @publicApi
 */
export interface ConnectorsModuleOptions {
  /** The id of the Base44 app, as in the address of its editor. */
  readonly appId: string;
  /** The app's service token. Required unless `client` or `broker` is given, or requests carry it (`request.base44Headers`). */
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
  /** The broker, a function in the Base44 app, for applications outside of Base44, in place of `serviceToken`. */
  readonly broker?: BrokerOptions | undefined;
  /** What may be taken from incoming requests. Left out: nothing. */
  readonly request?: RequestOptions | undefined;
  /**
   * Sends requests to Base44 through the proxy that `HTTPS_PROXY`, `HTTP_PROXY`
   * and `ALL_PROXY` name. Off, these variables are ignored: a proxy for plain http
   * sees the tokens.
   *
   * @default false
   */
  readonly useEnvironmentProxy?: boolean | undefined;
  /** `false` keeps nothing: calls ask Base44, though concurrent ones share a request. */
  readonly cache?: CacheOptions | false | undefined;
  /** `false`: one attempt within 15 seconds. */
  readonly resilience?: ResilienceOptions | false | undefined;
  /**
   * Resolves each connector that decorators ask for once, when the application has booted, and
   * reports which handler needs it and whether it is connected: `'warn'` logs that, `'fail'` fails the
   * boot when one is not. An outage of Base44 fails no boot; it is waited for until `resilience.deadlineMs`.
   * Connectors of users are not checked.
   *
   * @default 'off'
   */
  readonly verifyOnBootstrap?: VerifyOnBootstrap | undefined;
}

/**
 * Makes the options; the class form of `useFactory`, for `useClass` and `useExisting`.
 *
 * @publicApi
 */
export interface ConnectorsOptionsFactory {
  createConnectorsOptions(): ConnectorsModuleOptions | Promise<ConnectorsModuleOptions>;
}
