import type { IBackoff, IBackoffFactory } from 'cockatiel';

const INITIAL_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 2_000;

/**
 * Returns the delay before a retry, in milliseconds: exponential with full jitter, added to the
 * delay that the server requested.
 *
 * @param retry - 1 for the first retry
 * @internal
 */
export function backoffMs(retry: number, retryAfterMs: number): number {
  const ceilingMs = Math.min(MAX_BACKOFF_MS, INITIAL_BACKOFF_MS * 2 ** retry);
  return retryAfterMs + Math.random() * ceilingMs;
}

/**
 * A fixed delay, measured by a monotonic clock. cockatiel subtracts wall-clock times, so a clock that is set
 * back would keep a breaker open.
 *
 * @internal
 */
export class MonotonicBackoff implements IBackoffFactory<unknown> {
  constructor(private readonly delayMs: number) {}

  next(): IBackoff<unknown> {
    const endsAtMs = performance.now() + this.delayMs;
    const next = (): IBackoff<unknown> => this.next();
    return {
      next,
      get duration() {
        return performance.now() < endsAtMs ? Infinity : -Infinity;
      },
    };
  }
}
