import { LRUCache } from 'lru-cache';
import type { Clock } from '../common/clock.js';
import type { ConnectorNotConnectedError } from '../errors/connection.errors.js';
import type {
  ConnectorConnection,
  FetchedConnection,
} from '../interfaces/connector-connection.interface.js';
import type { Connector } from '../interfaces/connector.interface.js';
import type { CacheSettings } from '../options/connectors.options.js';
import { getRetryAfterMs, isTransient } from '../resilience/retryable.js';
import {
  type CachedConnection,
  type CacheEntry,
  delayRefresh,
  isNegative,
  isOlder,
  isUsable,
  mustRefresh,
  toCacheEntry,
} from './cache-entry.js';
import { RejectedTokens } from './rejected-tokens.js';
import type { SharedEntry } from './shared/shared-connection.store.js';

/** The settings for `cache: false`: an entry expires as soon as its waiters receive it. */
const CACHE_DISABLED: CacheSettings = {
  ttlMs: 0,
  negativeTtlMs: 0,
  staleIfErrorMs: 0,
  maxEntries: 1,
  shared: undefined,
};

/**
 * Caches connections in this process, by key, and remembers the tokens that providers rejected.
 * Evicts the least recently used entry first.
 *
 * @internal
 */
export class ConnectionCache {
  readonly #settings: CacheSettings;
  readonly #clock: Clock;
  readonly #entries: LRUCache<string, CacheEntry>;
  readonly #rejected: RejectedTokens;
  #generation = 0;

  constructor(settings: CacheSettings | false, clock: Clock) {
    this.#settings = settings || CACHE_DISABLED;
    this.#clock = clock;
    this.#entries = new LRUCache({ max: this.#settings.maxEntries });
    this.#rejected = new RejectedTokens(this.#settings.maxEntries, clock);
  }

  /** The keys of all entries and of all rejected tokens. */
  get keys(): string[] {
    return [...this.#entries.keys(), ...this.#rejected.keys];
  }

  get(key: string): CacheEntry | undefined {
    const entry = this.#entries.get(key);
    return entry?.generation === this.#generation ? entry : undefined;
  }

  set(key: string, entry: CacheEntry): void {
    this.#entries.set(key, entry);
  }

  /** Caches that a connector is not connected. */
  setNegative(key: string, error: ConnectorNotConnectedError, connector: Connector): void {
    const freshUntilMs = this.#clock.monotonicMs() + this.#getNegativeTtlMs(connector);
    this.#entries.set(key, { error, freshUntilMs, generation: this.#generation });
  }

  /**
   * Creates the entry of a connection, without caching it.
   *
   * @param ageMs - the time since the response of Base44
   */
  createEntry(fetched: FetchedConnection, ageMs = 0): CachedConnection {
    const entry = toCacheEntry(fetched, ageMs, this.#settings, this.#clock);
    return { ...entry, generation: this.#generation };
  }

  /**
   * Creates the entry of a connection that another process shares, without caching it.
   *
   * @returns `undefined` if its token was rejected or is too old, or if a newer connection is cached
   */
  createSharedEntry(key: string, shared?: SharedEntry): CachedConnection | undefined {
    const { connection, ageMs } = shared ?? {};
    if (connection === undefined || this.#rejected.has(key, connection.accessToken)) {
      return undefined;
    }
    const entry = this.createEntry(connection, ageMs);
    const cached = this.#getConnection(key);
    if (cached !== undefined && isOlder(entry, cached)) return undefined;
    return isUsable(entry, this.#clock.monotonicMs()) ? entry : undefined;
  }

  /**
   * Returns the stale connection to serve after a transient failure of Base44, and delays its next
   * renewal.
   */
  getStale(key: string, error: unknown): Promise<ConnectorConnection> | undefined {
    const entry = this.#getConnection(key);
    const nowMs = this.#clock.monotonicMs();
    if (entry?.generation !== this.#generation || !isUsable(entry, nowMs)) return undefined;
    const retryAfterMs = getRetryAfterMs(error);
    const failure = { nowMs, retryAfterMs, isTransient: isTransient(error) };
    if (mustRefresh(entry, nowMs)) this.#entries.set(key, delayRefresh(entry, failure));
    return failure.isTransient ? entry.promise : undefined;
  }

  evict(key: string): void {
    this.#entries.delete(key);
  }

  /** Serves no present entry any more, but still tells whether another one is older. */
  expireAll(): void {
    this.#generation += 1;
  }

  /** Evicts all entries, and forgets all rejected tokens. */
  clear(): void {
    this.#entries.clear();
    this.#rejected.clear();
  }

  /**
   * Evicts a connection whose token the provider rejected.
   *
   * @returns whether the connection was still cached
   */
  evictRejected(key: string, rejected: ConnectorConnection): boolean {
    if (!this.#holds(key, rejected) || this.isRenewalSuppressed(key, rejected)) return false;
    this.#rejected.add(key, rejected.accessToken);
    this.evict(key);
    return true;
  }

  /** Suppresses renewals for a while, because the provider rejects the newest token of Base44. */
  suppressRenewal(key: string, connector: Connector, { accessToken }: ConnectorConnection): void {
    this.#rejected.suppressRenewal(key, accessToken, this.#getNegativeTtlMs(connector));
  }

  isRenewalSuppressed(key: string, connection: ConnectorConnection): boolean {
    const { accessToken } = connection;
    return this.#holds(key, connection) && this.#rejected.isRenewalSuppressed(key, accessToken);
  }

  forgetRejected(key: string): void {
    this.#rejected.delete(key);
  }

  /** Returns 0 for app users, because they connect on the provider's page and no event reports it. */
  #getNegativeTtlMs({ kind }: Connector): number {
    return kind === 'appUserConnector' ? 0 : this.#settings.negativeTtlMs;
  }

  #holds(key: string, connection: ConnectorConnection): boolean {
    return this.#getConnection(key)?.connection === connection;
  }

  #getConnection(key: string): CachedConnection | undefined {
    const entry = this.#entries.peek(key);
    return entry === undefined || isNegative(entry) ? undefined : entry;
  }
}
