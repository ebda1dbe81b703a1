import { LRUCache } from 'lru-cache';
import type { Clock } from '../../common/clock.js';
import { exitRequestContext } from '../../identity/current-request.js';
import type { CacheSettings } from '../../options/connectors.options.js';
import { createGeneration, isEarlier, NEVER_INVALIDATED } from './invalidation-generation.js';
import { ALL, type OwnInvalidation, OwnInvalidations } from './own-invalidations.js';
import type { ResilientStore } from './resilient.store.js';
import type { SharedEpoch } from './shared-epoch.js';
import type { SharedNames } from './shared-names.js';
import { StoreReceipts } from './store-receipts.js';

/** The interval at which a process checks that the store still holds its invalidations. */
const CHECK_EVERY_MS = 400;

/** The number of invalidations that are told at the same time. */
const CHUNK_SIZE = 100;

interface SharedInvalidationsParts {
  readonly store: ResilientStore;
  readonly clock: Clock;
  readonly names: SharedNames;
  readonly epoch: SharedEpoch;
}

/**
 * Tells invalidations to the processes that share the store, and reads theirs.
 *
 * Each connection has a generation, which an invalidation replaces. An entry is valid while the
 * generation that was read before its request is the current one. A process tells its invalidations
 * again when the store was down, or has lost them.
 *
 * @internal
 */
export class SharedInvalidations {
  readonly #store: ResilientStore;
  readonly #clock: Clock;
  readonly #names: SharedNames;
  readonly #epoch: SharedEpoch;
  readonly #lifetimeMs: number;
  /** The latest generations that this process knows, by scope. */
  readonly #latest: LRUCache<string, string>;
  readonly #own: OwnInvalidations;
  readonly #receipts: StoreReceipts;
  #mustAnnounce = false;
  #announcing: Promise<void> | undefined;
  #checking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    { store, clock, names, epoch }: SharedInvalidationsParts,
    { ttlMs, staleIfErrorMs, maxEntries }: CacheSettings,
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#names = names;
    this.#epoch = epoch;
    this.#lifetimeMs = ttlMs + staleIfErrorMs;
    this.#latest = new LRUCache({ max: maxEntries });
    this.#receipts = new StoreReceipts(store);
    this.#own = new OwnInvalidations(maxEntries);
    store.onRecovered(() => void this.#check());
  }

  /**
   * Reads the generations that decide whether an entry of a connection is valid.
   *
   * @returns a string to compare, or `undefined` when the store does not respond
   */
  async readGenerations(invalidationKey: string): Promise<string | undefined> {
    const [all, own] = await Promise.all([this.#read(ALL), this.#read(invalidationKey)]);
    return all === undefined || own === undefined ? undefined : `${all} ${own}`;
  }

  /** Invalidates a connection in every process, or all connections. */
  async invalidate(invalidationKey = ALL): Promise<void> {
    await this.#tell(invalidationKey);
  }

  /** Tells the pending invalidations, even if the store was down a moment ago. */
  async flush(): Promise<void> {
    if (!this.#own.areTold) await this.#store.probe();
    await this.#check();
  }

  /** Tells the pending invalidations, and closes the store. */
  async close(): Promise<void> {
    await this.flush();
    await this.#announcing;
    clearTimeout(this.#timer);
    this.#store.close();
  }

  async #read(scope: string): Promise<string | undefined> {
    const stored = await this.#store.get(this.#names.getGeneration(scope));
    if (stored === undefined) return undefined;
    const generation = stored ?? NEVER_INVALIDATED;
    const latest = this.#latest.get(scope) ?? NEVER_INVALIDATED;
    const hasExpired = stored === null && !this.#own.has(scope);
    // A store that holds an earlier generation was set back.
    if (isEarlier(generation, latest) && !hasExpired) return this.#tell(scope);
    if (generation !== latest) this.#latest.set(scope, generation);
    return generation;
  }

  /**
   * Starts a generation that is later than all known ones.
   *
   * @param canRetry - whether it may start another one, later than one that a fast clock created
   * @returns the generation, or `undefined` when the store does not respond
   */
  async #tell(scope: string, canRetry = true): Promise<string | undefined> {
    const generation = createGeneration(this.#clock.wallMs(), this.#latest.get(scope));
    this.#latest.set(scope, generation);
    const own = this.#own.add(scope, this.#clock.monotonicMs() + this.#lifetimeMs);
    this.#timer ??= this.#schedule();
    const name = this.#names.getGeneration(scope);
    const [before, isWritten] = await Promise.all([
      this.#store.get(name),
      this.#store.set(name, generation, 2 * this.#lifetimeMs),
    ]);
    if (!isWritten) return undefined;
    if (canRetry && typeof before === 'string' && isEarlier(generation, before)) {
      this.#latest.set(scope, before);
      return this.#tell(scope, false);
    }
    own.state = 'unsure';
    this.#mustAnnounce = true;
    void this.#announce();
    return generation;
  }

  /** Tells the invalidations that the store does not hold, unless it holds later ones. */
  async #tellUntold(): Promise<void> {
    const untold = this.#own.listUntold();
    while (untold.length > 0) {
      const chunk = untold.splice(0, CHUNK_SIZE);
      await Promise.all(chunk.map(([scope, own]) => this.#confirm(scope, own)));
    }
  }

  async #confirm(scope: string, own: OwnInvalidation): Promise<void> {
    if (own.state === 'pending') await this.#tell(scope);
    // The receipt was written after the invalidation, so the store cannot lose only the latter.
    else if ((await this.#read(scope)) !== undefined) own.state = 'told';
  }

  #announce(): Promise<void> {
    this.#announcing ??= this.#advanceEpoch().finally(() => {
      this.#announcing = undefined;
    });
    return this.#announcing;
  }

  async #advanceEpoch(): Promise<void> {
    let hasLost = false;
    while (this.#mustAnnounce) {
      this.#mustAnnounce = false;
      const epoch = await this.#epoch.advance();
      const isHeld = epoch === undefined ? undefined : await this.#receipts.write(epoch);
      if (isHeld === undefined) {
        this.#own.resetUnsure();
        return;
      }
      if (isHeld) continue;
      this.#own.reset();
      // A store that loses everything is left alone until the next check.
      if (hasLost) return;
      hasLost = true;
      await this.#tellUntold();
    }
  }

  #schedule(): NodeJS.Timeout {
    return exitRequestContext(() =>
      setTimeout(() => {
        this.#timer = undefined;
        void this.#check();
      }, CHECK_EVERY_MS).unref(),
    );
  }

  #check(): Promise<void> {
    this.#checking ??= this.#tellAgain().finally(() => {
      this.#checking = undefined;
      if (!this.#own.isEmpty && !this.#store.isClosed) this.#timer ??= this.#schedule();
    });
    return this.#checking;
  }

  /** Tells what the store does not hold, because it was down or was set back. */
  async #tellAgain(): Promise<void> {
    await this.#announcing;
    this.#own.dropExpired(this.#clock.monotonicMs());
    if (this.#own.isEmpty) return;
    const isHeld = await this.#receipts.check();
    if (isHeld === undefined) return;
    if (!isHeld) this.#own.reset();
    // Nothing can be confirmed while a receipt is being written.
    else if (this.#announcing !== undefined) return;
    await this.#tellUntold();
    await this.#announce();
  }
}
