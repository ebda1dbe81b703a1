import type { IBackoff, IBackoffFactory } from 'cockatiel';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/**
 * The pause before another attempt, in milliseconds: exponential with full
 * jitter, and never shorter than Base44 asked for.
 *
 * @param attempt - 1 for the first retry
 * @internal
 */
export function pauseMs(attempt: number, retryAfterMs = 0): number {
  const ceilingMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
  return retryAfterMs + Math.random() * ceilingMs;
}

/**
 * A fixed pause by a clock that never jumps. cockatiel subtracts wall-clock times,
 * so that a clock set back would keep a breaker open until it has caught up.
 *
 * @internal
 */
export class MonotonicBackoff implements IBackoffFactory<unknown> {
  constructor(private readonly pauseMs: number) {}

  next(): IBackoff<unknown> {
    const overAtMs = performance.now() + this.pauseMs;
    const next = (): IBackoff<unknown> => this.next();
    return {
      next,
      get duration() {
        return performance.now() < overAtMs ? Infinity : -Infinity;
      },
    };
  }
}
