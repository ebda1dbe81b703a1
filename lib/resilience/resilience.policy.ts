import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import {
  BrokenCircuitError,
  circuitBreaker,
  ConsecutiveBreaker,
  handleWhen,
  noop,
} from 'cockatiel';
import type { Secret } from '../common/secret.js';
import { Base44UnavailableError } from '../errors/base44.errors.js';
import type { Identity } from '../interfaces/identity.interface.js';
import {
  type BreakerSettings,
  CONNECTORS_OPTIONS,
  type ConnectorsOptions,
  type ResilienceSettings,
} from '../options/connectors.options.js';
import { MonotonicBackoff } from './backoff.js';
import { withinDeadline } from './deadline.js';
import { pause, RetryBudget, sendWithRetry } from './retry.js';
import { getRetryAfterMs } from './retryable.js';
import {
  createBreakerOpenError,
  createClosingError,
  createTimeoutError,
} from './unavailable.errors.js';

/** The longest `Retry-After` that a call waits for. The error reports a longer one. */
const MAX_AWAITED_MS = 5_000;

/**
 * A request to Base44, and the conditions of its retries.
 *
 * @internal
 */
export interface Execution<T> {
  /** The identifier that errors name. */
  readonly connector: string;
  /** The server and the app: each pair has its own breaker. */
  readonly identity: Pick<Identity, 'serverUrl' | 'appId'>;
  /** The signal that ends the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Returns whether another attempt may follow a failed one. */
  readonly isRetryable: (error: unknown) => boolean;
  /** Whether an attempt may use the whole deadline, because it is not retried once it is sent. */
  readonly usesFullDeadline?: boolean;
  /** Sends the request once. */
  readonly attempt: (signal: AbortSignal) => Promise<T>;
}

/**
 * Executes requests to Base44. A deadline limits the retries, each attempt passes the breaker, and
 * each attempt has a timeout of its own.
 *
 * @internal
 */
@Injectable()
export class ResiliencePolicy implements BeforeApplicationShutdown {
  readonly #settings: ResilienceSettings;
  /** The breakers by server and app. The options limit their number. */
  readonly #breakers = new Map<string, Breaker>();
  readonly #running = new Map<AbortController, string>();
  #isClosed = false;

  constructor(@Inject(CONNECTORS_OPTIONS) options: Secret<ConnectorsOptions>) {
    this.#settings = options.reveal().resilience;
  }

  /**
   * Executes a request, with retries.
   *
   * @throws {@link Base44UnavailableError} when the deadline passes, the breaker is open or the
   * application closes
   */
  async execute<T>(execution: Execution<T>): Promise<T> {
    const { connector, signal: parent } = execution;
    const { deadlineMs } = this.#settings;
    if (this.#isClosed) throw createClosingError(connector);
    const controller = new AbortController();
    const onDeadline = (): Error => createTimeoutError(connector, deadlineMs);
    this.#running.set(controller, connector);
    try {
      return await withinDeadline({ deadlineMs, onDeadline, parent, controller }, (signal) =>
        this.#sendWithRetry(execution, signal),
      );
    } catch (error) {
      throw error instanceof BrokenCircuitError ? createBreakerOpenError(connector) : error;
    } finally {
      this.#running.delete(controller);
    }
  }

  /** Rejects the calls in flight, and all later calls. */
  beforeApplicationShutdown(): void {
    this.#isClosed = true;
    for (const [controller, connector] of this.#running)
      controller.abort(createClosingError(connector));
  }

  #sendWithRetry<T>(execution: Execution<T>, signal: AbortSignal): Promise<T> {
    const { retries, deadlineMs } = this.#settings;
    const breaker = this.#getBreaker(execution.identity);
    return sendWithRetry({
      budget: new RetryBudget(retries, deadlineMs),
      attempt: () => executeGuarded(breaker, () => this.#attempt(execution, signal)),
      getRetryAfterMs: (outcome) => {
        if (!('error' in outcome) || signal.aborted) return undefined;
        if (!execution.isRetryable(outcome.error)) return undefined;
        const retryAfterMs = getRetryAfterMs(outcome.error);
        return retryAfterMs <= MAX_AWAITED_MS ? retryAfterMs : undefined;
      },
      pause: (delayMs) => pause(delayMs, signal),
    });
  }

  #attempt<T>(
    { connector, attempt, usesFullDeadline = false }: Execution<T>,
    parent: AbortSignal,
  ): Promise<T> {
    const { attemptTimeoutMs, deadlineMs: callDeadlineMs } = this.#settings;
    const deadlineMs = usesFullDeadline ? callDeadlineMs : attemptTimeoutMs;
    const onDeadline = (): Error => createTimeoutError(connector, deadlineMs);
    return withinDeadline({ deadlineMs, onDeadline, parent }, attempt);
  }

  #getBreaker({ serverUrl, appId }: Execution<unknown>['identity']): Breaker {
    const { breaker: settings } = this.#settings;
    if (!settings) return noop;
    const target = `${serverUrl} ${appId}`;
    const breaker = this.#breakers.get(target) ?? createBreaker(settings);
    this.#breakers.set(target, breaker);
    return breaker;
  }
}

interface Breaker {
  execute<T>(work: () => Promise<T>): Promise<T>;
}

function createBreaker({ failureThreshold, halfOpenAfterMs }: BreakerSettings): Breaker {
  return circuitBreaker(
    handleWhen((error) => error instanceof Base44UnavailableError),
    {
      breaker: new ConsecutiveBreaker(failureThreshold),
      halfOpenAfter: new MonotonicBackoff(halfOpenAfterMs),
    },
  );
}

/** Runs work behind a breaker that counts outages only: any response shows that Base44 is available. */
async function executeGuarded<T>(breaker: Breaker, work: () => Promise<T>): Promise<T> {
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
