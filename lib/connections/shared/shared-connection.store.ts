import type { Clock } from '../../common/clock.js';
import type { FetchedConnection } from '../../interfaces/connector-connection.interface.js';
import type { CacheSettings } from '../../options/connectors.options.js';
import type { EntryCipher } from './entry-cipher.js';
import type { ResilientStore } from './resilient.store.js';
import type { SharedInvalidations } from './shared-invalidations.js';
import type { SharedNames } from './shared-names.js';
import {
  parseStoredConnection,
  serializeConnection,
  type StoredConnection,
} from './stored-connection.js';

/** The tolerated lead of other machines' clocks. */
const CLOCK_SKEW_MS = 5_000;

/**
 * The current generations of a connection, and the connection itself if the store has a valid one.
 *
 * @internal
 */
export interface SharedEntry {
  readonly generations: string;
  readonly connection?: FetchedConnection;
  /** The time since the response of Base44. */
  readonly ageMs?: number;
}

/** The cache key of a connection, and the key under which it is invalidated. */
interface SharedKeys {
  readonly key: string;
  readonly invalidationKey: string;
}

interface SharedConnectionStoreParts {
  readonly store: ResilientStore;
  readonly clock: Clock;
  readonly names: SharedNames;
  readonly invalidations: SharedInvalidations;
  readonly cipher: EntryCipher;
}

/**
 * Shares connections between processes through a store. Names are hashes, and entries are encrypted.
 *
 * @internal
 */
export class SharedConnectionStore {
  readonly #parts: SharedConnectionStoreParts;
  readonly #ttlMs: number;
  #hasWarned = false;

  constructor(parts: SharedConnectionStoreParts, { ttlMs, staleIfErrorMs }: CacheSettings) {
    this.#parts = parts;
    this.#ttlMs = ttlMs + staleIfErrorMs;
  }

  /** Reads an entry. Returns `undefined` when the store does not respond. */
  async read({ key, invalidationKey }: SharedKeys): Promise<SharedEntry | undefined> {
    const name = this.#parts.names.getEntry(key);
    const [entry, generations] = await Promise.all([
      this.#parts.store.get(name),
      this.#parts.invalidations.readGenerations(invalidationKey),
    ]);
    if (generations === undefined) return undefined;
    const stored = typeof entry === 'string' ? this.#decrypt(name, entry) : undefined;
    if (stored?.generations !== generations) return { generations };
    const ageMs = this.#parts.clock.wallMs() - stored.fetchedAtMs;
    if (ageMs < -CLOCK_SKEW_MS) return { generations };
    return { generations, connection: stored, ageMs: Math.max(ageMs, 0) };
  }

  /**
   * Writes an entry.
   *
   * @param generations - those that were read before the request to Base44
   */
  async write(key: string, connection: FetchedConnection, generations: string): Promise<void> {
    const name = this.#parts.names.getEntry(key);
    const fetchedAtMs = this.#parts.clock.wallMs();
    const text = serializeConnection(connection, { fetchedAtMs, generations });
    await this.#parts.store.set(name, this.#parts.cipher.encrypt(name, text), this.#ttlMs);
  }

  async remove(key: string): Promise<void> {
    await this.#parts.store.delete(this.#parts.names.getEntry(key));
  }

  #decrypt(name: string, entry: string): StoredConnection | undefined {
    try {
      return parseStoredConnection(this.#parts.cipher.decrypt(name, entry));
    } catch {
      if (!this.#hasWarned) {
        this.#parts.store.warn(
          'The shared store contains entries that cannot be decrypted, so they are ignored. ' +
            'Check that all processes have the same encryptionKeys.',
        );
      }
      this.#hasWarned = true;
      return undefined;
    }
  }
}
