import { DelegateBackoff, handleWhenResult, retry } from 'cockatiel';
import { parseRetryAfter } from '../errors/retry-after.js';
import type { ResilienceSettings } from '../options/connectors.options.js';
import { pauseMs } from '../resilience/backoff.js';
import { untilAborted } from '../resilience/until-aborted.js';

const RATE_LIMITED = [429, 503];

/**
 * How long a provider is waited for.
 *
 * @internal
 */
export interface Patience {
  /** Monotonic, in milliseconds. */
  readonly deadlineAtMs: number;
  readonly retries: number;
}

/** @internal */
export function patience({
  deadlineMs,
  retries,
}: Pick<ResilienceSettings, 'deadlineMs' | 'retries'>): Patience {
  return { deadlineAtMs: performance.now() + deadlineMs, retries };
}

/**
 * A call that may be sent again.
 *
 * @internal
 */
export interface PatientCall<Answer> extends Patience {
  readonly signal?: AbortSignal | undefined;
  readonly send: () => Promise<Answer>;
  readonly limitOf: (answer: Answer) => { readonly status: number; readonly retryAfter: unknown };
  /** Lets go of an answer that nobody will read. */
  readonly discard: (answer: Answer) => void;
}

/**
 * Sends a call again when its provider is ready, where that says when, and it is soon enough.
 *
 * @returns the last answer
 * @internal
 */
export function sendPatiently<Answer>({
  deadlineAtMs,
  retries,
  signal,
  send,
  limitOf,
  discard,
}: PatientCall<Answer>): Promise<Answer> {
  const waitMsOf = (answer: unknown): number | undefined => {
    const { status, retryAfter } = limitOf(answer as Answer);
    return RATE_LIMITED.includes(status) ? parseRetryAfter(retryAfter, Date.now()) : undefined;
  };
  const isSoon = (answer: unknown): boolean =>
    performance.now() + (waitMsOf(answer) ?? Infinity) < deadlineAtMs;
  const backoff = new DelegateBackoff<{ attempt: number; result: unknown }>(({ attempt, result }) =>
    pauseMs(attempt, waitMsOf((result as { value: unknown }).value)),
  );
  const policy = retry(handleWhenResult(isSoon), { maxAttempts: retries, backoff });
  policy.onRetry((reason) => {
    discard((reason as { value: Answer }).value);
  });
  return untilAborted(signal, () =>
    policy.execute(() => {
      signal?.throwIfAborted();
      return send();
    }),
  );
}
