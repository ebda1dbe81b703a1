import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../common/clock.js';
import { sha256 } from '../../common/hash.js';
import type { FetchedConnection } from '../../interfaces/connector-connection.interface.js';
import type { CacheSettings } from '../../options/connectors.options.js';
import type { EntryCipher } from './entry-cipher.js';
import type { ResilientStore } from './resilient.store.js';
import {
  parseStoredConnection,
  serializeConnection,
  type StoredConnection,
} from './stored-connection.js';

/** The age of a sync after which the next one starts in the background. */
const SYNC_AFTER_MS = 400;

/** The age of a sync after which callers wait for the next one. */
const MUST_SYNC_AFTER_MS = 800;

/** The tolerated lead of other machines' clocks. */
const CLOCK_SKEW_MS = 5_000;

/** The lifetime of the epoch, which outlasts every entry. */
const EPOCH_TTL_MS = 2 ** 31 - 1;

/**
 * A shared connection, if there is one, and the marks of the invalidations before it.
 *
 * @internal
 */
export interface SharedEntry {
  readonly connection?: FetchedConnection;
  /** The time since the response of Base44. */
  readonly ageMs?: number;
  /** The mark of the last invalidation of this connection. */
  readonly tombstone: string | undefined;
  /** The mark of the last invalidation of all connections. */
  readonly generation: string;
}

/** The cache key of a connection, and the key under which it is invalidated. */
interface SharedKeys {
  readonly key: string;
  readonly invalidationKey: string;
}

/**
 * Shares connections between processes through a store. Names are hashes, and entries are encrypted.
 *
 * An invalidation writes a mark beside the entry (tombstone), and changes a mark that all processes
 * read (epoch). An entry that another process writes late carries older marks, so it is not adopted.
 *
 * @internal
 */
export class SharedConnectionStore {
  readonly #store: ResilientStore;
  readonly #cipher: EntryCipher;
  readonly #clock: Clock;
  readonly #partition: string;
  readonly #ttlMs: number;
  readonly #invalidatedAtMs: LRUCache<string, number>;
  #allInvalidatedAtMs = -Infinity;
  #epoch = '';
  #syncedAtMs = -Infinity;
  #syncing: Promise<void> | undefined;
  #hasPendingInvalidation = false;
  #hasWarned = false;
  #onInvalidated = (): void => undefined;

  /** @param partition - the server, the app and the service identity; hashed here */
  constructor(
    store: ResilientStore,
    cipher: EntryCipher,
    clock: Clock,
    partition: string,
    { ttlMs, staleIfErrorMs, maxEntries }: CacheSettings,
  ) {
    this.#store = store;
    this.#cipher = cipher;
    this.#clock = clock;
    this.#partition = partition;
    this.#ttlMs = ttlMs + staleIfErrorMs;
    this.#invalidatedAtMs = new LRUCache({ max: maxEntries });
  }

  /** Sets the listener for invalidations. It must evict all cached connections. */
  onInvalidated(listener: () => void): void {
    this.#onInvalidated = listener;
  }

  /** Returns whether cached connections can be served without another sync. */
  isSynced(nowMs: number): boolean {
    return nowMs < this.#syncedAtMs + SYNC_AFTER_MS;
  }

  /**
   * Reads the invalidations of other processes, if the last sync is too old.
   *
   * @returns a promise if the caller must wait for the sync
   */
  sync(): Promise<void> | undefined {
    const ageMs = this.#clock.monotonicMs() - this.#syncedAtMs;
    if (ageMs < SYNC_AFTER_MS) return undefined;
    this.#syncing ??= this.#readEpoch().finally(() => {
      this.#syncing = undefined;
    });
    return ageMs < MUST_SYNC_AFTER_MS ? undefined : this.#syncing;
  }

  async read({ key, invalidationKey }: SharedKeys): Promise<SharedEntry> {
    const name = this.#getName(key);
    const [entry, tombstone] = await Promise.all([
      this.#store.get(`entry:${name}`),
      this.#store.get(`tombstone:${this.#getName(invalidationKey)}`),
    ]);
    const marks = { tombstone: tombstone ?? undefined, generation: getGeneration(this.#epoch) };
    const stored = typeof entry === 'string' ? this.#decrypt(name, entry) : undefined;
    if (stored === undefined || tombstone === undefined) return marks;
    const ageMs = this.#clock.wallMs() - stored.fetchedAtMs;
    return this.#isValid(invalidationKey, stored, marks) && ageMs > -CLOCK_SKEW_MS
      ? { ...marks, connection: stored, ageMs: Math.max(ageMs, 0) }
      : marks;
  }

  async write(key: string, connection: FetchedConnection, marks: SharedEntry): Promise<void> {
    const name = this.#getName(key);
    const { tombstone, generation } = marks;
    const fetchedAtMs = this.#clock.wallMs();
    const text = serializeConnection(connection, { fetchedAtMs, tombstone, generation });
    await this.#store.set(`entry:${name}`, this.#cipher.encrypt(name, text), this.#ttlMs);
  }

  async remove(key: string): Promise<void> {
    await this.#store.delete(`entry:${this.#getName(key)}`);
  }

  /**
   * Invalidates one connection, or all, in every process. If the store is down, all connections are
   * invalidated when it recovers.
   */
  async invalidate(target?: SharedKeys): Promise<void> {
    const generation = target === undefined ? randomUUID() : getGeneration(this.#epoch);
    const epoch = `${randomUUID()}.${generation}`;
    const isMarked = target === undefined ? this.#markAll() : await this.#mark(target);
    const isPublished = await this.#store.set(this.#epochName, epoch, EPOCH_TTL_MS);
    this.#changeEpoch(epoch);
    this.#hasPendingInvalidation ||= !isMarked || !isPublished;
  }

  #markAll(): boolean {
    this.#allInvalidatedAtMs = this.#clock.wallMs();
    return true;
  }

  async #mark({ key, invalidationKey }: SharedKeys): Promise<boolean> {
    this.#invalidatedAtMs.set(invalidationKey, this.#clock.wallMs());
    const name = `tombstone:${this.#getName(invalidationKey)}`;
    const isMarked = await this.#store.set(name, randomUUID(), this.#ttlMs);
    await this.#store.delete(`entry:${this.#getName(key)}`);
    return isMarked;
  }

  get #epochName(): string {
    return `epoch:${sha256(this.#partition, 'base64url')}`;
  }

  #getName(key: string): string {
    return sha256(`${this.#partition}\n${key}`, 'base64url');
  }

  async #readEpoch(): Promise<void> {
    const requestedAtMs = this.#clock.monotonicMs();
    const epoch = await this.#store.get(this.#epochName);
    if (epoch !== undefined) this.#changeEpoch(epoch ?? '');
    if (epoch !== undefined && this.#hasPendingInvalidation) {
      this.#hasPendingInvalidation = false;
      await this.invalidate();
    }
    // The response does not cover the time since the request.
    this.#syncedAtMs = requestedAtMs;
  }

  #changeEpoch(epoch: string): void {
    if (epoch === this.#epoch) return;
    this.#epoch = epoch;
    this.#onInvalidated();
  }

  #decrypt(name: string, entry: string): StoredConnection | undefined {
    try {
      return parseStoredConnection(this.#cipher.decrypt(name, entry));
    } catch {
      if (!this.#hasWarned) {
        this.#store.warn(
          'The shared store contains entries that cannot be decrypted, so they are ignored. ' +
            'Check that all processes have the same encryptionKeys.',
        );
      }
      this.#hasWarned = true;
      return undefined;
    }
  }

  #isValid(invalidationKey: string, stored: StoredConnection, marks: SharedEntry): boolean {
    const invalidatedAtMs = Math.max(
      this.#invalidatedAtMs.get(invalidationKey) ?? -Infinity,
      this.#allInvalidatedAtMs,
    );
    return (
      stored.fetchedAtMs > invalidatedAtMs &&
      (marks.tombstone === undefined || stored.tombstone === marks.tombstone) &&
      (marks.generation === '' || stored.generation === marks.generation)
    );
  }
}

function getGeneration(epoch: string): string {
  return epoch.slice(epoch.indexOf('.') + 1);
}
