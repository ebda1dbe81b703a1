import { randomUUID } from 'node:crypto';
import { type Clock, MAX_TIMER_MS } from '../../common/clock.js';
import type { ResilientStore } from './resilient.store.js';

/** The age of a sync after which the next one starts in the background. */
const SYNC_AFTER_MS = 250;

/** The age of a sync after which callers wait for the next one. */
const MUST_SYNC_AFTER_MS = 500;

/**
 * A value that changes after every invalidation in a process that shares the store. A changed epoch
 * tells that generations may have changed, so concurrent changes may overwrite each other.
 *
 * @internal
 */
export class SharedEpoch {
  readonly #store: ResilientStore;
  readonly #clock: Clock;
  readonly #name: string;
  #known: string | null | undefined;
  #syncedAtMs = -Infinity;
  #syncing: Promise<void> | undefined;
  #onChanged = (): void => undefined;

  constructor(store: ResilientStore, clock: Clock, name: string) {
    this.#store = store;
    this.#clock = clock;
    this.#name = name;
  }

  onChanged(listener: () => void): void {
    this.#onChanged = listener;
  }

  /** Returns whether cached connections can be served without another sync. */
  isSynced(nowMs: number): boolean {
    return nowMs < this.#syncedAtMs + SYNC_AFTER_MS;
  }

  /**
   * Reads the epoch, if the last sync is too old.
   *
   * @returns a promise if the caller must wait for the sync
   */
  sync(): Promise<void> | undefined {
    const nowMs = this.#clock.monotonicMs();
    if (this.isSynced(nowMs)) return undefined;
    this.#syncing ??= this.#read().finally(() => {
      this.#syncing = undefined;
    });
    return nowMs < this.#syncedAtMs + MUST_SYNC_AFTER_MS ? undefined : this.#syncing;
  }

  /** Starts a new epoch. Returns it, or `undefined` when the store does not respond. */
  async advance(): Promise<string | undefined> {
    const epoch = randomUUID();
    if (!(await this.#store.set(this.#name, epoch, MAX_TIMER_MS))) return undefined;
    // Another process may have advanced the epoch just before.
    this.#change(epoch);
    return epoch;
  }

  /** Lets the next sync find a changed epoch. */
  forget(): void {
    this.#known = undefined;
  }

  async #read(): Promise<void> {
    const requestedAtMs = this.#clock.monotonicMs();
    const epoch = await this.#store.get(this.#name);
    if (epoch !== undefined) this.#change(epoch);
    // The response does not cover the time since the request.
    this.#syncedAtMs = requestedAtMs;
  }

  #change(epoch: string | null): void {
    if (epoch === this.#known) return;
    this.#known = epoch;
    this.#onChanged();
  }
}
