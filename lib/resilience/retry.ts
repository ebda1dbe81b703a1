import { untilAborted } from '../common/abort.js';
import { backoffMs } from './backoff.js';
import { type Outcome, toOutcome, unwrap } from './outcome.js';

/**
 * The retries that a call has left, and its deadline.
 *
 * @internal
 */
export class RetryBudget {
  readonly #deadlineAtMs: number;
  readonly #maxRetries: number;
  #retries = 0;

  constructor(maxRetries: number, deadlineMs: number) {
    this.#maxRetries = maxRetries;
    this.#deadlineAtMs = performance.now() + deadlineMs;
  }

  /**
   * Spends a retry.
   *
   * @returns the delay before it, in milliseconds, or `undefined` when no retry is left or the
   * delay would reach the deadline
   */
  spend(retryAfterMs: number): number | undefined {
    if (this.#retries === this.#maxRetries) return undefined;
    const delayMs = backoffMs(this.#retries + 1, retryAfterMs);
    if (performance.now() + delayMs >= this.#deadlineAtMs) return undefined;
    this.#retries += 1;
    return delayMs;
  }
}

/**
 * A request that is sent again when its outcome permits.
 *
 * @internal
 */
export interface RetryableCall<T> {
  readonly budget: RetryBudget;
  /** Sends the request once. */
  readonly attempt: () => Promise<T>;
  /** Returns the minimum delay before a retry, in milliseconds, or `undefined` for a final outcome. */
  readonly getRetryAfterMs: (outcome: Outcome<T>) => number | undefined;
  /** Releases a value that a retry replaces. */
  readonly discard?: (value: T) => void;
  /** Waits before a retry; rejects when the call ends meanwhile. */
  readonly pause: (delayMs: number) => Promise<void>;
}

/**
 * Sends a request, and sends it again while its outcome and its budget permit.
 *
 * @returns the value of the last attempt
 * @throws the error of the last attempt, or of `pause`
 * @internal
 */
export async function sendWithRetry<T>(call: RetryableCall<T>): Promise<T> {
  for (;;) {
    const outcome = await toOutcome(call.attempt);
    const retryAfterMs = call.getRetryAfterMs(outcome);
    const delayMs = retryAfterMs === undefined ? undefined : call.budget.spend(retryAfterMs);
    if (delayMs === undefined) return unwrap(outcome);
    if ('value' in outcome) call.discard?.(outcome.value);
    await call.pause(delayMs);
  }
}

/**
 * Resolves after a delay.
 *
 * @throws the reason of the signal, as soon as it aborts
 * @internal
 */
export async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const delay = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, delayMs);
  });
  try {
    await untilAborted(signal, delay);
  } finally {
    clearTimeout(timer);
  }
}
