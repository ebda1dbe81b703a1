import { Logger } from '@nestjs/common';
import { circuitBreaker, CircuitState, ConsecutiveBreaker, handleAll } from 'cockatiel';
import type { SharedStoreSettings } from '../../options/connectors.options.js';
import { MonotonicBackoff } from '../../resilience/backoff.js';
import { withinDeadline } from '../../resilience/deadline.js';

/** How long a store that failed is left alone. */
const PAUSE_MS = 1_000;

/** How long a store answers before it is believed to be back. */
const STEADY_MS = 500;

/**
 * A store that may be down, slow or hung: no call takes longer than its deadline,
 * none fails, and there is one warning for each outage.
 *
 * @internal
 */
export class ResilientStore {
  readonly #settings: Pick<SharedStoreSettings, 'store' | 'storeDeadlineMs'>;
  readonly #logger = new Logger('ConnectorsStore');
  readonly #breaker = circuitBreaker(handleAll, {
    breaker: new ConsecutiveBreaker(1),
    halfOpenAfter: new MonotonicBackoff(PAUSE_MS),
  });
  #isDown = false;
  #upSinceMs: number | undefined;
  #errors = 0;

  constructor(settings: Pick<SharedStoreSettings, 'store' | 'storeDeadlineMs'>) {
    this.#settings = settings;
    listenForErrors(settings.store, () => {
      this.#errors += 1;
    });
  }

  /**
   * @returns `null` when there is no such entry, an empty text when it is damaged,
   * `undefined` when the store gives no answer
   */
  async get(name: string): Promise<string | null | undefined> {
    const answer = await this.#call(async () => ({ value: await this.#read(name) }));
    if (answer === undefined) return undefined;
    return typeof answer.value === 'string' ? answer.value : null;
  }

  /** @returns whether the store has it */
  async set(name: string, value: string, ttlMs: number): Promise<boolean> {
    const answer = await this.#call(async () => {
      await this.#settings.store.set(name, value, ttlMs);
      return true;
    });
    return answer ?? false;
  }

  async delete(name: string): Promise<void> {
    await this.#call(() => this.#settings.store.delete(name));
  }

  /** For what is wrong with an entry, not with the store. */
  warn(message: string): void {
    this.#logger.warn(message);
  }

  async #call<T>(work: () => Promise<T>): Promise<T | undefined> {
    const { storeDeadlineMs: deadlineMs } = this.#settings;
    try {
      const answer = await this.#breaker.execute(() =>
        withinDeadline({ deadlineMs, onDeadline: () => new Error('deadline') }, () =>
          this.#unlessErrors(work),
        ),
      );
      this.#noteAnswer();
      return answer;
    } catch {
      // A store's error may hold what was stored, or how to reach it.
      this.#warnOnce();
      return undefined;
    }
  }

  /** A Keyv parses what it finds. That it cannot is the fault of an entry, not an outage. */
  async #read(name: string): Promise<unknown> {
    try {
      return await this.#settings.store.get(name);
    } catch (error) {
      if (error instanceof SyntaxError) return '';
      throw error;
    }
  }

  /** A Keyv that fails answers as if there were nothing, and tells only its listeners. */
  async #unlessErrors<T>(work: () => Promise<T>): Promise<T> {
    const errorsBefore = this.#errors;
    const answer = await work();
    if (this.#errors > errorsBefore) throw new Error('the store reported an error');
    return answer;
  }

  /** An outage is over when the store has answered for a while. */
  #noteAnswer(): void {
    if (!this.#isDown || this.#breaker.state !== CircuitState.Closed) return;
    const nowMs = performance.now();
    this.#upSinceMs ??= nowMs;
    if (nowMs - this.#upSinceMs >= STEADY_MS) this.#isDown = false;
  }

  #warnOnce(): void {
    this.#upSinceMs = undefined;
    if (this.#isDown || this.#breaker.state === CircuitState.Closed) return;
    this.#isDown = true;
    this.warn(
      'The shared store fails or does not answer in time. ' +
        'Until it does, each process keeps connections for itself.',
    );
  }
}

/** An emitter of errors that nobody listens to would end the process. */
function listenForErrors(store: object, listener: () => void): void {
  const { on } = store as { on?: (event: 'error', listener: () => void) => unknown };
  on?.call(store, 'error', listener);
}
