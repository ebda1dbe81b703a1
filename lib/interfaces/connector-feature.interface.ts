import type { ConnectorRef } from './connector.interface.js';

/**
 * How the API of a connector's provider is called: `ConnectorsModule.forFeature()`.
 *
 * @example
 * { connector: 'zendesk', baseURL: 'https://{subdomain}.zendesk.com/api/v2' }
 *
 * @publicApi
 */
export interface ConnectorFeature {
  readonly connector: ConnectorRef;
  /**
   * What relative URLs are resolved against: https only, but for loopback. `{subdomain}` is
   * filled from the connection's `connectionConfig`, with one label of a host name.
   *
   * @default that of `CONNECTORS`
   */
  readonly baseURL?: string | undefined;
  /**
   * Where else the token may be sent, besides `baseURL`: origins such as `'https://uploads.github.com'`.
   *
   * @default those of `CONNECTORS`, unless `baseURL` is given
   */
  readonly allowedOrigins?: readonly string[] | undefined;
  /**
   * Waits when the provider answers 429 or 503 with `Retry-After`, and tries again, unless a
   * call of `fetch` says otherwise.
   *
   * @default false
   */
  readonly retry?: boolean | undefined;
  /** The name of the `ConnectorsModule` instance. Left out: the default instance. */
  readonly instance?: string | undefined;
}

/**
 * `init` of the standard `fetch`, and what else `ConnectorsService.fetch` takes.
 *
 * @publicApi
 */
export interface ConnectorFetchInit extends RequestInit {
  /**
   * Waits when the provider answers 429 or 503 with `Retry-After`, and tries again: for as long as
   * `resilience.deadlineMs` and `signal` allow, `resilience.retries` times at most, and for idempotent
   * methods (RFC 9110, section 9.2.2) alone, whose body can be sent again. What cannot be waited for is answered as it came.
   *
   * @default what `forFeature` says, or else `false`
   */
  readonly retry?: boolean | undefined;
}
