import { untilAborted } from '../common/abort.js';
import { MAX_TIMER_MS } from '../common/clock.js';

/**
 * Returns whether work settles within a time. The work continues afterwards.
 *
 * @internal
 */
export async function settlesWithin(timeoutMs: number, work: Promise<unknown>): Promise<boolean> {
  const signal = AbortSignal.timeout(Math.min(timeoutMs, MAX_TIMER_MS));
  try {
    await untilAborted(signal, Promise.allSettled([work]));
    return true;
  } catch {
    return false;
  }
}
