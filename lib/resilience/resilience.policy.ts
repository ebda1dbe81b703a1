import type { BeforeApplicationShutdown } from '@nestjs/common';
import {
  BrokenCircuitError,
  circuitBreaker,
  ConsecutiveBreaker,
  DelegateBackoff,
  handleWhen,
  noop,
  retry,
} from 'cockatiel';
import { Base44UnavailableError } from '../errors/base44.errors.js';
import type { Identity } from '../interfaces/identity.interface.js';
import type { BreakerSettings, ResilienceSettings } from '../options/connectors.options.js';
import { MonotonicBackoff, pauseMs } from './backoff.js';
import { withinDeadline } from './deadline.js';
import { getRetryAfterMs } from './retryable.js';

/** Asked to wait longer, a call fails at once and says how long. */
const LONGEST_WAIT_MS = 5_000;

/**
 * One request to Base44.
 *
 * @internal
 */
export interface Execution<T> {
  /** The identifier that errors name. */
  readonly connector: string;
  /** Whose request it is: there is a breaker for each server and app. */
  readonly identity: Pick<Identity, 'serverUrl' | 'appId'>;
  /** Ends the wait; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Whether a failed attempt may be followed by another one. */
  readonly isRetryable: (error: unknown) => boolean;
  /** Lets an attempt take the whole deadline, where another one may not follow it. */
  readonly usesFullDeadline?: boolean;
  /** One attempt. */
  readonly attempt: (signal: AbortSignal) => Promise<T>;
}

/**
 * How requests to Base44 are carried out: a deadline around retries around a
 * breaker around attempts, each with a timeout of its own.
 *
 * @internal
 */
export class ResiliencePolicy implements BeforeApplicationShutdown {
  readonly #settings: ResilienceSettings;
  /** As many as the options trust servers and apps. */
  readonly #breakers = new Map<string, Breaker>();
  readonly #running = new Map<AbortController, string>();
  #isClosed = false;

  constructor(settings: ResilienceSettings) {
    this.#settings = settings;
  }

  /**
   * @throws {@link Base44UnavailableError} when the deadline passes, the breaker is open or
   * the application closes
   */
  async execute<T>(execution: Execution<T>): Promise<T> {
    const { connector, signal } = execution;
    const { deadlineMs } = this.#settings;
    if (this.#isClosed) throw closing(connector);
    signal?.throwIfAborted();
    const end = new AbortController();
    const onAbort = (): void => {
      end.abort(signal?.reason);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#running.set(end, connector);
    try {
      const onDeadline = (): Error => unanswered(connector, deadlineMs);
      return await withinDeadline({ deadlineMs, onDeadline, parent: end.signal }, (overall) =>
        this.#attempts(execution, overall),
      );
    } catch (error) {
      throw error instanceof BrokenCircuitError ? pausing(connector) : error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.#running.delete(end);
    }
  }

  /** Ends what is under way; whoever waits for it is told so. Nothing is begun any more. */
  beforeApplicationShutdown(): void {
    this.#isClosed = true;
    for (const [end, connector] of this.#running) end.abort(closing(connector));
  }

  #attempts<T>(execution: Execution<T>, overall: AbortSignal): Promise<T> {
    const { retries, deadlineMs } = this.#settings;
    const deadlineAtMs = performance.now() + deadlineMs;
    const breaker = this.#breakerOf(execution.identity);
    const mayRepeat = (error: Error): boolean =>
      !overall.aborted &&
      execution.isRetryable(error) &&
      getRetryAfterMs(error) <= LONGEST_WAIT_MS &&
      performance.now() + getRetryAfterMs(error) < deadlineAtMs;
    const backoff = new DelegateBackoff<{ attempt: number; result: unknown }>(
      ({ attempt, result }) => pauseMs(attempt, getRetryAfterMs(errorIn(result))),
    );
    // The timer of the deadline keeps the process alive; those of pauses need not.
    return retry(handleWhen(mayRepeat), { maxAttempts: retries, backoff })
      .dangerouslyUnref()
      .execute(() => {
        // When a pause outlasts the call, what follows it is no attempt for the breaker to count.
        overall.throwIfAborted();
        return this.#guarded(breaker, () => this.#attempt(execution, overall));
      });
  }

  /** Whatever Base44 answers, it is there: only outages count, and only those in a row. */
  async #guarded<T>(breaker: Breaker, work: () => Promise<T>): Promise<T> {
    const outcome = await breaker.execute(() =>
      work().then(
        (value) => ({ value }),
        (error: unknown) => {
          if (error instanceof Base44UnavailableError) throw error;
          return { error };
        },
      ),
    );
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }

  #breakerOf({ serverUrl, appId }: Execution<unknown>['identity']): Breaker {
    const { breaker: settings } = this.#settings;
    if (!settings) return noop;
    const target = `${serverUrl} ${appId}`;
    const breaker = this.#breakers.get(target) ?? newBreaker(settings);
    this.#breakers.set(target, breaker);
    return breaker;
  }

  #attempt<T>(
    { connector, attempt, usesFullDeadline = false }: Execution<T>,
    parent: AbortSignal,
  ): Promise<T> {
    const { attemptTimeoutMs, deadlineMs } = this.#settings;
    const limitMs = usesFullDeadline ? deadlineMs : attemptTimeoutMs;
    const onDeadline = (): Error => unanswered(connector, limitMs);
    return withinDeadline({ deadlineMs: limitMs, onDeadline, parent }, attempt);
  }
}

interface Breaker {
  execute<T>(work: () => Promise<T>): Promise<T>;
}

function newBreaker({ failureThreshold, halfOpenAfterMs }: BreakerSettings): Breaker {
  return circuitBreaker(
    handleWhen((error) => error instanceof Base44UnavailableError),
    {
      breaker: new ConsecutiveBreaker(failureThreshold),
      halfOpenAfter: new MonotonicBackoff(halfOpenAfterMs),
    },
  );
}

function errorIn(result: unknown): unknown {
  return (result as { error?: unknown }).error;
}

function unanswered(connector: string, deadlineMs: number): Error {
  return new Base44UnavailableError({ connector }, `no answer within ${deadlineMs} ms`);
}

function pausing(connector: string): Error {
  return new Base44UnavailableError(
    { connector },
    'it failed several times in a row, so it is given a pause',
    { isSent: false },
  );
}

function closing(connector: string): Error {
  return new Base44UnavailableError({ connector }, 'this application is closing');
}
