import { Inject, Injectable } from '@nestjs/common';
import type { Secret } from '../common/secret.js';
import type { Identity } from '../interfaces/identity.interface.js';
import {
  CONNECTORS_OPTIONS,
  type ConnectorsOptions,
  type ResilienceSettings,
} from '../options/connectors.options.js';
import type { Connector } from '../interfaces/connector.interface.js';
import type { RequestStartMessage } from '../interfaces/telemetry.interface.js';
import { Base44Availability } from '../telemetry/base44-availability.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { CallDrain } from './call-drain.js';
import { CircuitBreaker, CircuitOpenError, type Verdict } from './circuit-breaker.js';
import { type DeadlineOptions, withinDeadline } from './deadline.js';
import type { Outcome } from './outcome.js';
import { pause, RetryBudget, sendWithRetry } from './retry.js';
import { getRetryAfterMs } from './retryable.js';
import { createBreakerOpenError, createTimeoutError } from './unavailable.errors.js';
import { judgeAttempt } from './verdict.js';

/** The longest `Retry-After` that a call waits for. The error reports a longer one. */
const MAX_AWAITED_MS = 5_000;

/**
 * A call, which may wait for other work before it sends a request. One deadline covers both.
 *
 * @internal
 */
export interface Call {
  /** The identifier that errors name. */
  readonly connector: string;
  /** The signal that ends the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The time from which the deadline counts, by `performance.now()`.
   * @default the time at which the policy receives the call
   */
  readonly startedAtMs?: number | undefined;
}

/**
 * A request to Base44, and the conditions of its retries.
 *
 * @internal
 */
export interface Execution<T> extends Call {
  readonly kind: Connector['kind'];
  readonly operation: RequestStartMessage['operation'];
  /** The server and the app: each pair has its own breaker. */
  readonly identity: Pick<Identity, 'serverUrl' | 'appId'>;
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
export class ResiliencePolicy {
  readonly #settings: ResilienceSettings;
  /** The breakers by server and app. The options limit their number. */
  readonly #breakers = new Map<string, CircuitBreaker>();

  constructor(
    @Inject(CONNECTORS_OPTIONS) options: Secret<ConnectorsOptions>,
    @Inject(CallDrain) private readonly drain: CallDrain,
    @Inject(Telemetry) private readonly telemetry: Telemetry,
    @Inject(Base44Availability) private readonly availability: Base44Availability,
  ) {
    this.#settings = options.reveal().resilience;
  }

  /**
   * Executes a request, with retries.
   *
   * @throws `Base44UnavailableError` when the deadline passes, the breaker is open or the
   * application closes
   */
  execute<T>(execution: Execution<T>): Promise<T> {
    const { connector: id, kind, operation } = execution;
    return this.telemetry.traceRequest({ id, kind }, operation, (onAttempt) =>
      this.#execute({
        ...execution,
        attempt: (signal) => {
          onAttempt();
          return execution.attempt(signal);
        },
      }),
    );
  }

  /**
   * Waits for work of a call that is not a request to Base44. The work itself continues.
   *
   * @throws `Base44UnavailableError` when the deadline of the call passes
   */
  wait<T>(call: Call, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return withinDeadline(this.#createDeadline(call), work);
  }

  async #execute<T>(execution: Execution<T>): Promise<T> {
    const { connector } = execution;
    const deadline = this.#createDeadline(execution);
    try {
      return await this.drain.run(connector, (controller) =>
        withinDeadline({ ...deadline, controller }, (signal) =>
          this.#sendWithRetry(execution, signal, deadline.deadlineMs),
        ),
      );
    } catch (error) {
      throw error instanceof CircuitOpenError ? createBreakerOpenError(connector) : error;
    }
  }

  /** Returns the deadline of a call, which is shorter if the call has waited before. */
  #createDeadline({ connector, signal, startedAtMs }: Call): DeadlineOptions {
    const { deadlineMs } = this.#settings;
    const waitedMs = startedAtMs === undefined ? 0 : performance.now() - startedAtMs;
    return {
      deadlineMs: Math.max(deadlineMs - waitedMs, 0),
      onDeadline: () => createTimeoutError(connector, deadlineMs),
      parent: signal,
    };
  }

  #sendWithRetry<T>(execution: Execution<T>, signal: AbortSignal, deadlineMs: number): Promise<T> {
    const { retries } = this.#settings;
    const breaker = this.#getBreaker(execution.identity);
    return sendWithRetry({
      budget: new RetryBudget(retries, deadlineMs),
      attempt: () => {
        const work = (): Promise<T> => this.#attempt(execution, signal);
        const judge = (outcome: Outcome<T>): Verdict => judgeAttempt(outcome, signal);
        return breaker === undefined ? work() : breaker.execute({ work, judge, signal });
      },
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

  #getBreaker({ serverUrl, appId }: Execution<unknown>['identity']): CircuitBreaker | undefined {
    const { breaker: settings } = this.#settings;
    if (!settings) return undefined;
    const target = `${serverUrl} ${appId}`;
    const known = this.#breakers.get(target);
    if (known !== undefined) return known;
    const breaker = new CircuitBreaker(settings, (isClosed) => {
      this.availability.record(target, isClosed);
    });
    this.#breakers.set(target, breaker);
    return breaker;
  }
}
