import type { LookupCounts, ReportedConnector } from '../interfaces/status-report.interface.js';
import type { ConnectorErrorType, LookupResult } from '../interfaces/telemetry.interface.js';
import { HourlyCounts } from './hourly-counts.js';

/** The time over which activity is reported. */
export const HOUR_MS = 3_600_000;

const NAMES = ['hit', 'shared', 'coalesced', 'miss', 'stale', 'failed'] as const;

/**
 * The lookups and the last failure of a connector within the last hour. Times are monotonic milliseconds.
 *
 * @internal
 */
export class ConnectorActivity {
  readonly #counts = new HourlyCounts<keyof LookupCounts>();
  #failure: { code: ConnectorErrorType; at: Date; atMs: number } | undefined;

  addLookup(result: LookupResult, hasFailed: boolean, nowMs: number): void {
    this.#counts.add(result, nowMs);
    if (hasFailed) this.#counts.add('failed', nowMs);
  }

  addFailure(code: ConnectorErrorType, nowMs: number): void {
    this.#failure = { code, at: new Date(), atMs: nowMs };
  }

  report(nowMs: number): Pick<ReportedConnector, 'lookups' | 'hitRate' | 'lastError'> {
    const lookups = this.#counts.sum(NAMES, nowMs);
    const failure = this.#failure;
    return {
      lookups,
      hitRate: getHitRate(lookups),
      ...(failure !== undefined &&
        nowMs - failure.atMs < HOUR_MS && { lastError: { code: failure.code, at: failure.at } }),
    };
  }
}

function getHitRate({ hit, shared, coalesced, miss, stale }: LookupCounts): number | null {
  const served = hit + shared + stale;
  const total = served + coalesced + miss;
  return total === 0 ? null : served / total;
}
