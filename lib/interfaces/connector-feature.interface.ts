import type { ClientIdentity, ConnectorClientFactory } from './connector-client.interface.js';
import type { ConnectorRef } from './connector.interface.js';

/**
 * The address of a provider's API.
 *
 * @publicApi
 */
export interface ProviderAddress {
  /**
   * The base of relative URLs. It must be https, except on loopback.
   *
   * A placeholder such as `{subdomain}` is replaced with that value of the connection's
   * `connectionConfig`, which must be one label of a host name.
   *
   * @default the base URL in `CONNECTORS`
   */
  readonly baseURL?: string | undefined;
  /**
   * Further origins that the token may be sent to, such as `'https://uploads.github.com'`.
   *
   * @default the origins in `CONNECTORS`, or none if `baseURL` is set
   */
  readonly allowedOrigins?: readonly string[] | undefined;
}

/**
 * The declaration of a connector and of its provider's API, in `ConnectorsModule.forFeature()`.
 *
 * @example
 * { connector: 'github', retry: true }
 * { connector: 'zendesk', baseURL: 'https://{subdomain}.zendesk.com/api/v2' }
 * { connector: 'slack', client: (fetch) => new WebClient(undefined, { fetch }) }
 *
 * @publicApi
 */
export interface ConnectorFeature extends ProviderAddress {
  readonly connector: ConnectorRef;
  /**
   * Retries when the provider limits the rate of requests and reports the delay.
   * `retry` in the `init` of a `fetch` call takes precedence.
   *
   * @default false
   */
  readonly retry?: boolean | undefined;
  /**
   * Creates a client of the provider's SDK: for each handler with `@ConnectorClient()`, and once for
   * `@InjectConnectorClient()`.
   */
  readonly client?: ConnectorClientFactory | undefined;
  /**
   * The identity of the client that `@InjectConnectorClient()` injects. `'service-role'` acts for the app
   * without a user, also within a request.
   *
   * `'per-call'` acts for the sender of the request in which the client sends. Set it only for an SDK
   * without a queue, because a queue sends the call of one user as part of another user's request.
   *
   * @default 'service-role'
   */
  readonly clientIdentity?: ClientIdentity | undefined;
  /**
   * The name of the `ConnectorsModule` instance.
   *
   * @default the instance without a name
   */
  readonly instance?: string | undefined;
}

/**
 * The `init` of `ConnectorsService.fetch()`: the standard `RequestInit`, `retry`, and the address of an API.
 *
 * Set `baseURL` for a connector whose id is known only at run time. The token goes to its origin and to
 * `allowedOrigins`. If `forFeature` or `CONNECTORS` has the connector, both must have its origins.
 *
 * @publicApi
 */
export interface ConnectorFetchInit extends RequestInit, ProviderAddress {
  /**
   * Retries when the provider limits the rate of requests and reports the delay. It does so with 403, 429
   * or 503 and `Retry-After`, or with 403 or 429, `x-ratelimit-remaining: 0` and `x-ratelimit-reset`.
   *
   * Only requests with a replayable body are retried, at most `resilience.retries` times within
   * `resilience.deadlineMs`. A 503 is retried only for idempotent methods (RFC 9110, section 9.2.2).
   * If the wait does not fit, the call resolves with the provider's response.
   *
   * @default `retry` in `forFeature`, or `false`
   */
  readonly retry?: boolean | undefined;
}
