import { setTimeout as delay } from 'node:timers/promises';
import { Base44UnavailableError } from '../errors/base44.errors.js';
import { parseRetryAfter } from '../resilience/retry-after.parser.js';
import type { ResilienceSettings } from '../options/connectors.options.js';
import { pauseMs } from '../resilience/backoff.js';

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
export interface RetryableCall<Answer> {
  readonly signal?: AbortSignal | undefined;
  readonly send: () => Promise<Answer>;
  readonly limitOf: (answer: Answer) => RateLimit;
  /** Lets go of an answer that nobody will read. */
  readonly discard: (answer: Answer) => void;
}

/**
 * Waits for providers that limit the rate of requests, for as long as the application runs.
 *
 * @internal
 */
export class ThrottlingRetryPolicy {
  readonly #settings: Pick<ResilienceSettings, 'deadlineMs' | 'retries'>;
  readonly #pauses = new Set<AbortController>();
  #isOver = false;

  constructor(settings: Pick<ResilienceSettings, 'deadlineMs' | 'retries'>) {
    this.#settings = settings;
  }

  /** The patience with one call, whichever tokens it is sent with. */
  withCall(connector: string, deadlineMs = this.#settings.deadlineMs): RetryBudget {
    const deadlineAtMs = performance.now() + deadlineMs;
    const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
      this.#pause(ms, connector, signal);
    return new RetryBudget(deadlineAtMs, this.#settings.retries, pause);
  }

  /** Ends the pauses; who waits for them is told so. */
  end(): void {
    this.#isOver = true;
    for (const pause of this.#pauses) pause.abort();
  }

  /** Not one of cockatiel, whose pauses go on when the caller has given up. */
  async #pause(ms: number, connector: string, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const end = new AbortController();
    const onAbort = (): void => {
      end.abort();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#pauses.add(end);
    if (this.#isOver) end.abort();
    try {
      await delay(ms, undefined, { signal: end.signal });
    } catch {
      signal?.throwIfAborted();
      throw new Base44UnavailableError({ connector }, 'this application is closing');
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.#pauses.delete(end);
    }
  }
}

/**
 * The patience with one call: a deadline, and a number of tries.
 *
 * @internal
 */
export class RetryBudget {
  readonly #deadlineAtMs: number;
  readonly #retries: number;
  readonly #pause: (ms: number, signal?: AbortSignal) => Promise<void>;
  #retried = 0;

  constructor(
    deadlineAtMs: number,
    retries: number,
    pause: (ms: number, signal?: AbortSignal) => Promise<void>,
  ) {
    this.#deadlineAtMs = deadlineAtMs;
    this.#retries = retries;
    this.#pause = pause;
  }

  /**
   * Sends a call again when its provider is ready, where that says when, and it is soon enough.
   *
   * @returns the last answer
   * @throws the signal's reason
   */
  async send<Answer>({ signal, send, limitOf, discard }: RetryableCall<Answer>): Promise<Answer> {
    for (;;) {
      const answer = await send();
      if (this.#retried === this.#retries) return answer;
      const waitMs = pauseMs(this.#retried + 1, waitMsOf(limitOf(answer)));
      if (performance.now() + waitMs >= this.#deadlineAtMs) return answer;
      this.#retried += 1;
      discard(answer);
      await this.#pause(waitMs, signal);
    }
  }
}

function waitMsOf({ status, retryAfter }: RateLimit): number {
  const isLimited = status === 429 || status === 503;
  return (isLimited ? parseRetryAfter(retryAfter, Date.now()) : undefined) ?? Infinity;
}
