import { Logger } from '@nestjs/common';
import { exitRequestContext } from '../../identity/current-request.js';
import type { SharedStoreSettings } from '../../options/connectors.options.js';
import { withinDeadline } from '../../resilience/deadline.js';

/** The interval at which a store that failed is probed. */
const PROBE_EVERY_MS = 250;

/** The time without failures after which an outage is over. */
const STEADY_MS = 500;

/**
 * Wraps a store that may be down, slow or hung. No call takes longer than its deadline or rejects,
 * and each outage logs one warning, and one line when it is over. After a failure, calls find nothing
 * until a probe succeeds.
 *
 * @internal
 */
export class ResilientStore {
  readonly #settings: Pick<SharedStoreSettings, 'store' | 'storeDeadlineMs'>;
  readonly #logger = new Logger('ConnectorsStore');
  readonly #closing = new AbortController();
  readonly #removeListener: () => void;
  #isUp = true;
  /** Whether the store has failed, and has not been steady since. */
  #isOutage = false;
  #probing: Promise<void> | undefined;
  #probeTimer: NodeJS.Timeout | undefined;
  #steadyTimer: NodeJS.Timeout | undefined;
  #onRecovered = (): void => undefined;
  #errors = 0;
  /** The calls that the store has not settled, also those past their deadline. */
  #pending = 0;

  constructor(settings: Pick<SharedStoreSettings, 'store' | 'storeDeadlineMs'>) {
    this.#settings = settings;
    this.#removeListener = onError(settings.store as Emitter, () => {
      this.#errors += 1;
    });
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  onRecovered(listener: () => void): void {
    this.#onRecovered = listener;
  }

  /**
   * Reads an entry.
   *
   * @returns `null` when there is no such entry, an empty string when it is damaged, `undefined` when
   * the store does not respond
   */
  async get(name: string): Promise<string | null | undefined> {
    const response = await this.#callIfUp(async () => ({ value: await this.#read(name) }));
    if (response === undefined) return undefined;
    return typeof response.value === 'string' ? response.value : null;
  }

  /**
   * Writes an entry.
   *
   * @returns whether the store holds the value now
   */
  async set(name: string, value: string, ttlMs: number): Promise<boolean> {
    const response = await this.#callIfUp(async () => {
      await this.#settings.store.set(name, value, ttlMs);
      return true;
    });
    return response ?? false;
  }

  async delete(name: string): Promise<void> {
    await this.#callIfUp(() => this.#settings.store.delete(name));
  }

  /** Finds out whether a store that failed responds again. */
  probe(): Promise<void> {
    this.#probing ??= this.#sendProbe().finally(() => {
      this.#probing = undefined;
    });
    return this.#probing;
  }

  /** Ends the calls in flight. Later calls find nothing. */
  close(): void {
    this.#closing.abort();
    clearTimeout(this.#probeTimer);
    clearTimeout(this.#steadyTimer);
    this.#removeUnusedListener();
  }

  /** Logs a fault of an entry. This class itself logs the outages of the store. */
  warn(message: string): void {
    this.#logger.warn(message);
  }

  async #callIfUp<T>(work: () => Promise<T>): Promise<T | undefined> {
    return this.#isUp ? this.#call(work) : undefined;
  }

  /** Calls the store outside of requests, because a connection that it opens may outlive them. */
  async #call<T>(work: () => Promise<T>): Promise<T | undefined> {
    const { storeDeadlineMs: deadlineMs } = this.#settings;
    const { signal: parent } = this.#closing;
    const onDeadline = (): Error => new Error('deadline');
    try {
      return await exitRequestContext(() =>
        withinDeadline({ deadlineMs, onDeadline, parent }, () => this.#rejectOnErrorEvent(work)),
      );
    } catch {
      // The error of a store may hold a stored value, or a password of the store.
      this.#recordFailure();
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
    if (this.isClosed && this.#pending === 0) this.#removeListener();
  }

  #recordFailure(): void {
    if (this.isClosed) return;
    if (!this.#isOutage) {
      this.warn(
        'The shared store fails or does not respond in time. ' +
          'Until it recovers, each process caches connections for itself.',
      );
    }
    this.#isOutage = true;
    this.#isUp = false;
    clearTimeout(this.#steadyTimer);
    this.#probeTimer ??= schedule(PROBE_EVERY_MS, () => {
      this.#probeTimer = undefined;
      void this.probe();
    });
  }

  async #sendProbe(): Promise<void> {
    if (this.#isUp) return;
    const response = await this.#call(async () => ({ value: await this.#read('probe') }));
    if (response === undefined) return;
    this.#isUp = true;
    this.#steadyTimer = schedule(STEADY_MS, () => {
      this.#isOutage = false;
      this.#logger.log('The shared store responds again.');
    });
    this.#onRecovered();
  }
}

/** Starts a timer outside of requests. The timer does not keep the process running. */
function schedule(delayMs: number, work: () => void): NodeJS.Timeout {
  return exitRequestContext(() => setTimeout(work, delayMs).unref());
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
