import { Logger } from '@nestjs/common';
import { exitRequestContext } from '../../identity/current-request.js';
import type { SharedStoreSettings } from '../../options/connectors.options.js';
import { CircuitBreaker } from '../../resilience/circuit-breaker.js';
import { withinDeadline } from '../../resilience/deadline.js';

/** The delay before the next call to a store that failed. */
const HALF_OPEN_AFTER_MS = 1_000;

/** The time without failures after which an outage is over. */
const STEADY_MS = 500;

/**
 * Wraps a store that may be down, slow or hung. No call takes longer than its deadline or rejects,
 * and each outage logs one warning.
 *
 * @internal
 */
export class ResilientStore {
  readonly #settings: Pick<SharedStoreSettings, 'store' | 'storeDeadlineMs'>;
  readonly #logger = new Logger('ConnectorsStore');
  readonly #breaker = new CircuitBreaker({
    failureThreshold: 1,
    halfOpenAfterMs: HALF_OPEN_AFTER_MS,
  });
  #isDown = false;
  #upSinceMs: number | undefined;
  #errors = 0;

  constructor(settings: Pick<SharedStoreSettings, 'store' | 'storeDeadlineMs'>) {
    this.#settings = settings;
    onError(settings.store, () => {
      this.#errors += 1;
    });
  }

  /**
   * Reads an entry.
   *
   * @returns `null` when there is no such entry, an empty string when it is damaged, `undefined` when
   * the store does not respond
   */
  async get(name: string): Promise<string | null | undefined> {
    const response = await this.#call(async () => ({ value: await this.#read(name) }));
    if (response === undefined) return undefined;
    return typeof response.value === 'string' ? response.value : null;
  }

  /**
   * Writes an entry.
   *
   * @returns whether the store holds the value now
   */
  async set(name: string, value: string, ttlMs: number): Promise<boolean> {
    const response = await this.#call(async () => {
      await this.#settings.store.set(name, value, ttlMs);
      return true;
    });
    return response ?? false;
  }

  async delete(name: string): Promise<void> {
    await this.#call(() => this.#settings.store.delete(name));
  }

  /** Logs a fault of an entry. This class itself logs the outages of the store. */
  warn(message: string): void {
    this.#logger.warn(message);
  }

  /** Calls the store outside of requests, because a connection that it opens may outlive them. */
  async #call<T>(work: () => Promise<T>): Promise<T | undefined> {
    const { storeDeadlineMs: deadlineMs } = this.#settings;
    const onDeadline = (): Error => new Error('deadline');
    try {
      const response = await exitRequestContext(() =>
        this.#breaker.execute({
          work: () =>
            withinDeadline({ deadlineMs, onDeadline }, () => this.#rejectOnErrorEvent(work)),
          judge: (outcome) => ('error' in outcome ? 'failure' : 'success'),
        }),
      );
      this.#recordSuccess();
      return response;
    } catch {
      // The error of a store may hold a stored value, or a password of the store.
      this.#warnOnce();
      return undefined;
    }
  }

  /** Reads an entry. A syntax error of Keyv's parser means a damaged entry, not an outage. */
  async #read(name: string): Promise<unknown> {
    try {
      return await this.#settings.store.get(name);
    } catch (error) {
      if (error instanceof SyntaxError) return '';
      throw error;
    }
  }

  /** Rejects on error events, because a failing Keyv emits one and resolves without an entry. */
  async #rejectOnErrorEvent<T>(work: () => Promise<T>): Promise<T> {
    const errorsBefore = this.#errors;
    const response = await work();
    if (this.#errors > errorsBefore) throw new Error('the store reported an error');
    return response;
  }

  #recordSuccess(): void {
    if (!this.#isDown || !this.#breaker.isClosed) return;
    const nowMs = performance.now();
    this.#upSinceMs ??= nowMs;
    if (nowMs - this.#upSinceMs >= STEADY_MS) this.#isDown = false;
  }

  #warnOnce(): void {
    this.#upSinceMs = undefined;
    if (this.#isDown || this.#breaker.isClosed) return;
    this.#isDown = true;
    this.warn(
      'The shared store fails or does not respond in time. ' +
        'Until it recovers, each process caches connections for itself.',
    );
  }
}

/** Handles error events, because an unhandled one would end the process. */
function onError(store: object, listener: () => void): void {
  const { on } = store as { on?: (event: 'error', listener: () => void) => unknown };
  on?.call(store, 'error', listener);
}
