import { createHash, randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { FetchedConnection } from '../../interfaces/connector-connection.interface.js';
import type { CacheSettings } from '../../options/connectors.options.js';
import type { Clock } from '../../common/clock.js';
import type { EntryCipher } from './entry-cipher.js';
import type { ResilientStore } from './resilient.store.js';

/** After so long the store is asked for invalidations by other processes, in the background. */
const SYNC_AFTER_MS = 400;

/** After so long nothing is given out before it was asked. */
const MUST_SYNC_AFTER_MS = 800;

/** Other machines' clocks may be ahead by so much. */
const CLOCK_SKEW_MS = 5_000;

/**
 * What is shared of a connection, and the marks that say which invalidations it has outlived.
 *
 * @internal
 */
export interface SharedEntry {
  readonly connection?: FetchedConnection;
  /** How long ago Base44 gave it. */
  readonly ageMs?: number;
  /** The mark that the last invalidation of this connection left. */
  readonly tombstone: string | undefined;
  /** The mark that the last invalidation of all left. */
  readonly era: string;
}

/**
 * What an entry is found under, and what its invalidations name.
 *
 * @internal
 */
export interface SharedName {
  readonly key: string;
  readonly subject: string;
}

/**
 * The connections that processes share through a store. Every name is a hash,
 * every entry encrypted. An invalidation leaves a mark (tombstone) beside the entry
 * and changes a mark that all processes watch (epoch), so that an entry written
 * late by another process is not believed.
 *
 * @internal
 */
export class SharedConnectionStore {
  readonly #store: ResilientStore;
  readonly #cipher: EntryCipher;
  readonly #clock: Clock;
  readonly #partition: string;
  readonly #lifetimeMs: number;
  readonly #invalidatedAtMs: LRUCache<string, number>;
  #allInvalidatedAtMs = -Infinity;
  #epoch = '';
  #syncedAtMs = -Infinity;
  #syncing: Promise<void> | undefined;
  #isUntold = false;
  #warnedOfEntries = false;

  /** @param partition - names server, app and service identity; hashed here */
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
    this.#lifetimeMs = ttlMs + staleIfErrorMs;
    this.#invalidatedAtMs = new LRUCache({ max: maxEntries });
  }

  /** Changes with every invalidation, in whichever process. */
  get epoch(): string {
    return this.#epoch;
  }

  /** Whether what was kept at an epoch can be given out without another look at the store. */
  vouchesFor(epoch: string | undefined, nowMs: number): boolean {
    return epoch === this.#epoch && nowMs < this.#syncedAtMs + SYNC_AFTER_MS;
  }

  /**
   * Looks for invalidations by other processes when the last look is too long ago.
   *
   * @returns a promise where that must be waited for
   */
  sync(): Promise<void> | undefined {
    const ageMs = this.#clock.monotonicMs() - this.#syncedAtMs;
    if (ageMs < SYNC_AFTER_MS) return undefined;
    this.#syncing ??= this.#readEpoch().finally(() => {
      this.#syncing = undefined;
    });
    return ageMs < MUST_SYNC_AFTER_MS ? undefined : this.#syncing;
  }

  async read({ key, subject }: SharedName): Promise<SharedEntry> {
    const name = this.#nameOf(key);
    const [entry, tombstone] = await Promise.all([
      this.#store.get(`entry:${name}`),
      this.#store.get(`tombstone:${this.#nameOf(subject)}`),
    ]);
    const marks = { tombstone: tombstone ?? undefined, era: eraOf(this.#epoch) };
    const stored = typeof entry === 'string' ? this.#open(name, entry) : undefined;
    if (stored === undefined || tombstone === undefined) return marks;
    const ageMs = this.#clock.wallMs() - stored.givenAtMs;
    return this.#isBelievable(subject, stored, marks) && ageMs > -CLOCK_SKEW_MS
      ? { ...marks, connection: stored, ageMs: Math.max(ageMs, 0) }
      : marks;
  }

  async write(
    key: string,
    { accessToken, connectionConfig, expiresAtMs }: FetchedConnection,
    { tombstone, era }: SharedEntry,
  ): Promise<void> {
    const name = this.#nameOf(key);
    const givenAtMs = this.#clock.wallMs();
    const stored = { accessToken, connectionConfig, expiresAtMs, givenAtMs, tombstone, era };
    const entry = this.#cipher.encrypt(name, JSON.stringify(stored satisfies StoredConnection));
    await this.#store.set(`entry:${name}`, entry, this.#lifetimeMs);
  }

  /** Takes back what Base44 no longer gives. */
  async remove(key: string): Promise<void> {
    await this.#store.delete(`entry:${this.#nameOf(key)}`);
  }

  /**
   * Forgets one connection, or all, in every process. What the store cannot be told
   * now it is told when it answers again; then all is forgotten.
   */
  async invalidate(one?: SharedName): Promise<void> {
    const era = one === undefined ? randomUUID() : eraOf(this.#epoch);
    const epoch = `${randomUUID()}.${era}`;
    const marked = one === undefined ? this.#markAll() : await this.#mark(one);
    const told = await this.#store.set(this.#epochName, epoch, EPOCH_LIFETIME_MS);
    this.#epoch = epoch;
    this.#isUntold ||= !marked || !told;
  }

  #markAll(): boolean {
    this.#allInvalidatedAtMs = this.#clock.wallMs();
    return true;
  }

  async #mark({ key, subject }: SharedName): Promise<boolean> {
    this.#invalidatedAtMs.set(subject, this.#clock.wallMs());
    const name = `tombstone:${this.#nameOf(subject)}`;
    const marked = await this.#store.set(name, randomUUID(), this.#lifetimeMs);
    await this.#store.delete(`entry:${this.#nameOf(key)}`);
    return marked;
  }

  get #epochName(): string {
    return `epoch:${hashOf(this.#partition)}`;
  }

  #nameOf(key: string): string {
    return hashOf(`${this.#partition}\n${key}`);
  }

  async #readEpoch(): Promise<void> {
    const askedAtMs = this.#clock.monotonicMs();
    const epoch = await this.#store.get(this.#epochName);
    if (epoch !== undefined) this.#epoch = epoch ?? '';
    if (epoch !== undefined && this.#isUntold) {
      this.#isUntold = false;
      await this.invalidate();
    }
    // What happened while the answer was on its way is not known.
    this.#syncedAtMs = askedAtMs;
  }

  #open(name: string, entry: string): StoredConnection | undefined {
    try {
      return parseStored(this.#cipher.decrypt(name, entry));
    } catch {
      if (!this.#warnedOfEntries) {
        this.#store.warn(
          'The shared store holds entries that cannot be decrypted; they are ignored.',
        );
      }
      this.#warnedOfEntries = true;
      return undefined;
    }
  }

  #isBelievable(subject: string, stored: StoredConnection, marks: SharedEntry): boolean {
    const invalidatedAtMs = Math.max(
      this.#invalidatedAtMs.get(subject) ?? -Infinity,
      this.#allInvalidatedAtMs,
    );
    return (
      stored.givenAtMs > invalidatedAtMs &&
      (marks.tombstone === undefined || stored.tombstone === marks.tombstone) &&
      (marks.era === '' || stored.era === marks.era)
    );
  }
}

/** What an encrypted entry holds. */
interface StoredConnection extends FetchedConnection {
  readonly givenAtMs: number;
  readonly tombstone?: string | undefined;
  readonly era: string;
}

/** @throws when it was written by another version, which is as if it could not be decrypted */
function parseStored(text: string): StoredConnection {
  const stored = JSON.parse(text) as StoredConnection;
  if (typeof stored.accessToken !== 'string' || !Number.isFinite(stored.givenAtMs)) {
    throw new TypeError('the entry holds something else');
  }
  return stored;
}

/** Longer than any entry written before it. */
const EPOCH_LIFETIME_MS = 2 ** 31 - 1;

function eraOf(epoch: string): string {
  return epoch.slice(epoch.indexOf('.') + 1);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
