import { type Outcome, toOutcome, unwrap } from './outcome.js';

/**
 * What an outcome says about the service behind a breaker. An undecided one says nothing, because
 * the service had no part in it.
 *
 * @internal
 */
export type Verdict = 'success' | 'failure' | 'undecided';

/**
 * Thrown in place of an execution while the breaker is open.
 *
 * @internal
 */
export class CircuitOpenError extends Error {}

interface CircuitBreakerOptions {
  /** The number of failures in a row that opens the breaker. */
  readonly failureThreshold: number;
  /** The time from opening to the first probe. */
  readonly halfOpenAfterMs: number;
}

/**
 * Work behind a breaker.
 *
 * @internal
 */
export interface GuardedWork<T> {
  readonly work: () => Promise<T>;
  readonly judge: (outcome: Outcome<T>) => Verdict;
  /** Ends the wait for the probe of another caller. */
  readonly signal?: AbortSignal;
}

/**
 * Rejects executions after several failures in a row, until a probe succeeds. Measured by a
 * monotonic clock, because a wall clock that is set back would prolong the pause.
 *
 * @internal
 */
export class CircuitBreaker {
  readonly #options: CircuitBreakerOptions;
  readonly #onChange: (isClosed: boolean) => void;
  #failures = 0;
  /** Set while the breaker is not closed. */
  #halfOpenAtMs: number | undefined;
  /** The execution that decides whether the breaker closes. Never rejects. */
  #probe: Promise<unknown> | undefined;

  /** @param onChange - receives whether the breaker is closed, whenever it opens or closes */
  constructor(
    options: CircuitBreakerOptions,
    onChange: (isClosed: boolean) => void = () => undefined,
  ) {
    this.#options = options;
    this.#onChange = onChange;
  }

  get isClosed(): boolean {
    return this.#halfOpenAtMs === undefined;
  }

  /**
   * Runs work. While another caller probes, it waits. After an undecided probe, the next caller
   * probes.
   *
   * @throws {@link CircuitOpenError} while the breaker is open
   */
  async execute<T>(guarded: GuardedWork<T>): Promise<T> {
    while (this.#probe !== undefined) await this.#probe;
    guarded.signal?.throwIfAborted();
    if (this.#halfOpenAtMs === undefined) return unwrap(await this.#run(guarded));
    if (performance.now() < this.#halfOpenAtMs) throw new CircuitOpenError();
    const probe = this.#runProbe(guarded);
    this.#probe = probe;
    return unwrap(await probe);
  }

  async #run<T>({ work, judge }: GuardedWork<T>): Promise<Outcome<T>> {
    const outcome = await toOutcome(work);
    const verdict = judge(outcome);
    if (verdict === 'success') this.#failures = 0;
    // An execution that began before the breaker opened does not prolong the pause.
    if (verdict === 'failure' && this.isClosed) this.#countFailure();
    return outcome;
  }

  async #runProbe<T>({ work, judge }: GuardedWork<T>): Promise<Outcome<T>> {
    const outcome = await toOutcome(work);
    this.#probe = undefined;
    const verdict = judge(outcome);
    if (verdict === 'success') this.#close();
    if (verdict === 'failure') this.#open();
    return outcome;
  }

  #countFailure(): void {
    this.#failures += 1;
    if (this.#failures >= this.#options.failureThreshold) this.#open();
  }

  #open(): void {
    this.#failures = 0;
    this.#halfOpenAtMs = performance.now() + this.#options.halfOpenAfterMs;
    this.#onChange(false);
  }

  #close(): void {
    this.#halfOpenAtMs = undefined;
    this.#onChange(true);
  }
}
