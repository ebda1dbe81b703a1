import { Logger, type OnApplicationShutdown } from '@nestjs/common';
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
 * and each outage logs one warning. At shutdown, calls in flight end, and later ones find nothing.
 *
 * @internal
 */
export class ResilientStore implements OnApplicationShutdown {
  readonly #settings: Pick<SharedStoreSettings, 'store' | 'storeDeadlineMs'>;
  readonly #logger = new Logger('ConnectorsStore');
  readonly #breaker = new CircuitBreaker({
    failureThreshold: 1,
    halfOpenAfterMs: HALF_OPEN_AFTER_MS,
  });
  readonly #closing = new AbortController();
  readonly #removeListener: () => void;
  #isDown = false;
  #upSinceMs: number | undefined;
  #errors = 0;
  /** The calls that the store has not settled, also those past their deadline. */
  #pending = 0;

  constructor(settings: Pick<SharedStoreSettings, 'store' | 'storeDeadlineMs'>) {
    this.#settings = settings;
    this.#removeListener = onError(settings.store as Emitter, () => {
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

  onApplicationShutdown(): void {
    this.#closing.abort();
    this.#removeUnusedListener();
  }

  /** Logs a fault of an entry. This class itself logs the outages of the store. */
  warn(message: string): void {
    this.#logger.warn(message);
  }

  /** Calls the store outside of requests, because a connection that it opens may outlive them. */
  async #call<T>(work: () => Promise<T>): Promise<T | undefined> {
    const { storeDeadlineMs: deadlineMs } = this.#settings;
    const onDeadline = (): Error => new Error('deadline');
    const { signal: parent } = this.#closing;
    if (parent.aborted) return undefined;
    try {
      const response = await exitRequestContext(() =>
        this.#breaker.execute({
          work: () =>
            withinDeadline({ deadlineMs, onDeadline, parent }, () =>
              this.#rejectOnErrorEvent(work),
            ),
          judge: (outcome) => ('error' in outcome ? 'failure' : 'success'),
        }),
      );
      this.#recordSuccess();
      return response;
    } catch {
      // The error of a store may hold a stored value, or a password of the store.
      if (!this.#closing.signal.aborted) this.#warnOnce();
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
    this.#pending += 1;
    try {
      const response = await work();
      if (this.#errors > errorsBefore) throw new Error('the store reported an error');
      return response;
    } finally {
      this.#pending -= 1;
      this.#removeUnusedListener();
    }
  }

  /** Stops listening after shutdown. A call that the store has not settled may still emit an error. */
  #removeUnusedListener(): void {
    if (this.#closing.signal.aborted && this.#pending === 0) this.#removeListener();
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

interface Emitter {
  on?(event: 'error', listener: () => void): unknown;
  off?(event: 'error', listener: () => void): unknown;
  removeListener?(event: 'error', listener: () => void): unknown;
}

/**
 * Handles error events, because an unhandled one would end the process.
 *
 * @returns a function that removes the listener, if the store has a method for that
 */
function onError(store: Emitter, listener: () => void): () => void {
  store.on?.('error', listener);
  return () => {
    if (store.off) store.off('error', listener);
    else store.removeListener?.('error', listener);
  };
}
