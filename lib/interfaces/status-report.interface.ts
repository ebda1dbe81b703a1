import type { ConnectorStatus } from './connector-status.interface.js';
import type { ConnectorErrorType, LookupResult } from './telemetry.interface.js';

/**
 * The lookups of a connector within the last hour, in this process.
 *
 * @publicApi
 */
export interface LookupCounts extends Readonly<Record<LookupResult, number>> {
  /** The number of lookups that returned no connection. Each also counts as one of the results. */
  readonly failed: number;
}

/**
 * A connector in a `StatusReport`.
 *
 * @publicApi
 */
export interface ReportedConnector extends Omit<ConnectorStatus, 'needsToken'> {
  readonly lookups: LookupCounts;
  /** The part of the lookups that the cache served, from 0 to 1. `null` without lookups. */
  readonly hitRate: number | null;
  /** The last failure within the last hour: of a lookup, of a request to Base44 or of a call to the provider. */
  readonly lastError?: { readonly code: ConnectorErrorType; readonly at: Date };
}

/**
 * The body of the response of `statusRoutes`, in which dates are strings. It comes from memory and contains
 * no secret and no user.
 *
 * @publicApi
 */
export interface StatusReport {
  /** The name of the `ConnectorsModule` instance. Absent for the default instance. */
  readonly instance?: string;
  readonly at: Date;
  /** The start of the counts: one hour ago, or the start of the process. */
  readonly countedSince: Date;
  /** The breaker of the requests to Base44. It opens when Base44 fails several times in a row. */
  readonly breaker: {
    readonly state: 'closed' | 'open' | 'disabled';
    /** The time at which it opened. Absent unless it is open. */
    readonly since?: Date;
    /** How often it opened within the last hour. */
    readonly openings: number;
  };
  /** The required connectors, then up to 100 others that were in use within the last hour. */
  readonly connectors: readonly ReportedConnector[];
}
