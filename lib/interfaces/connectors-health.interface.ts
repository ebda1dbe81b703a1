import type { ConnectorStatus } from './connector-status.interface.js';

/**
 * The reason why a connector does not work.
 *
 * - `not_connected`: a person must connect it in the Base44 app
 * - `reauthorization_required`: a person must connect it again, because the provider rejects its token
 * - `base44_unavailable`: Base44 does not respond, fails or limits the rate. It passes without a person.
 * - `misconfigured`: Base44 or the broker rejects this application, such as its service token
 *
 * @publicApi
 */
export type ConnectorProblem =
  'not_connected' | 'reauthorization_required' | 'base44_unavailable' | 'misconfigured';

/**
 * The health of a connector. `degraded` means that it has a problem, but the cache serves its lookups, or
 * the connector is optional.
 *
 * @publicApi
 */
export interface ConnectorHealth extends Pick<
  ConnectorStatus,
  'connector' | 'isOptional' | 'state' | 'since' | 'isCached' | 'lastErrorCode'
> {
  readonly status: 'up' | 'degraded' | 'down';
  /** Absent if the connector works, or nothing is known yet. */
  readonly problem?: ConnectorProblem;
}

/**
 * The result of `ConnectorsHealthIndicator`, as `@nestjs/terminus` expects it.
 *
 * @publicApi
 */
export type ConnectorsHealthResult<
  Key extends string = string,
  Status extends string = 'up' | 'down',
> = Record<Key, { status: Status; connectors: readonly ConnectorHealth[] }>;

/**
 * The options of `ConnectorsHealthIndicator.isHealthy()`.
 *
 * @publicApi
 */
export interface ConnectorsHealthOptions {
  /**
   * Looks up the connections, as handlers do. It asks Base44 only if the cache has no fresh connection.
   *
   * @default true
   */
  readonly probe?: boolean | undefined;
  /**
   * The longest wait for the lookups, in milliseconds. They continue afterwards.
   *
   * @default 800
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Reports `degraded` in place of `up` when a connector has a problem that does not stop the application.
   * For `@nestjs/terminus` 12 only, because version 11 drops such results.
   *
   * @default false
   */
  readonly degraded?: boolean | undefined;
}
