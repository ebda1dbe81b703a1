import { setTimeout as delay } from 'node:timers/promises';
import { parseRetryAfter } from '../errors/retry-after.js';
import type { ResilienceSettings } from '../options/connectors.options.js';
import { pauseMs } from '../resilience/backoff.js';

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
 * What an answer says of the rate of requests.
 *
 * @internal
 */
export interface RateLimit {
  readonly status: number;
  /** The header. */
  readonly retryAfter: unknown;
}

/**
 * A call that may be sent again.
 *
 * @internal
 */
export interface PatientCall<Answer> extends Patience {
  readonly signal?: AbortSignal | undefined;
  readonly send: () => Promise<Answer>;
  readonly limitOf: (answer: Answer) => RateLimit;
  /** Lets go of an answer that nobody will read. */
  readonly discard: (answer: Answer) => void;
}

/**
 * Sends a call again when its provider is ready, where that says when, and it is soon enough.
 *
 * @returns the last answer
 * @throws the signal's reason
 * @internal
 */
export async function sendPatiently<Answer>({
  deadlineAtMs,
  retries,
  signal,
  send,
  limitOf,
  discard,
}: PatientCall<Answer>): Promise<Answer> {
  for (let retried = 0; ; retried += 1) {
    const answer = await send();
    const waitMs = waitMsOf(limitOf(answer));
    const isSoon = performance.now() + waitMs < deadlineAtMs;
    if (retried === retries || !isSoon) return answer;
    discard(answer);
    // Not a policy of cockatiel, whose pauses go on when the caller has given up.
    await pause(pauseMs(retried + 1, waitMs), signal);
  }
}

function waitMsOf({ status, retryAfter }: RateLimit): number {
  const isLimited = status === 429 || status === 503;
  return (isLimited ? parseRetryAfter(retryAfter, Date.now()) : undefined) ?? Infinity;
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch {
    signal?.throwIfAborted();
  }
}
