import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../common/clock.js';
import type { Secret } from '../common/secret.js';
import type { ConnectorNotConnectedError } from '../errors/connection.errors.js';
import type {
  ConnectorConnection,
  FetchedConnection,
} from '../interfaces/connector-connection.interface.js';
import type { Connector } from '../interfaces/connector.interface.js';
import {
  type CacheSettings,
  CONNECTORS_OPTIONS,
  type ConnectorsOptions,
} from '../options/connectors.options.js';
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
@Injectable()
export class ConnectionCache {
  readonly #settings: CacheSettings;
  readonly #clock: Clock;
  readonly #entries: LRUCache<string, CacheEntry>;
  readonly #rejected: RejectedTokens;
  #generation = 0;

  constructor(
    @Inject(CONNECTORS_OPTIONS) options: Secret<ConnectorsOptions>,
    @Inject(Clock) clock: Clock,
  ) {
    this.#settings = options.reveal().cache || CACHE_DISABLED;
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
   * Evicts the connection with a token that the provider rejected. A newer token stays.
   *
   * @returns whether the rejection is news, so that requests in flight may return the token
   */
  evictRejected(key: string, accessToken: string): boolean {
    if (this.#holdsOther(key, accessToken) || this.isRenewalSuppressed(key, accessToken)) {
      return false;
    }
    const isKnown = this.#getConnection(key) === undefined && this.#rejected.has(key, accessToken);
    this.#rejected.add(key, accessToken);
    this.evict(key);
    return !isKnown;
  }

  getRejectedToken(key: string): string | undefined {
    return this.#rejected.get(key);
  }

  /** Suppresses renewals for a while, because the provider rejects the newest token of Base44. */
  suppressRenewal(key: string, accessToken: string): void {
    this.#rejected.suppressRenewal(key, accessToken, this.#settings.negativeTtlMs);
  }

  isRenewalSuppressed(key: string, accessToken: string): boolean {
    return (
      !this.#holdsOther(key, accessToken) && this.#rejected.isRenewalSuppressed(key, accessToken)
    );
  }

  forgetRejected(key: string): void {
    this.#rejected.delete(key);
  }

  /** Returns 0 for app users, because they connect on the provider's page and no event reports it. */
  #getNegativeTtlMs({ kind }: Connector): number {
    return kind === 'appUserConnector' ? 0 : this.#settings.negativeTtlMs;
  }

  #holdsOther(key: string, accessToken: string): boolean {
    const cached = this.#getConnection(key);
    return cached !== undefined && cached.connection.accessToken !== accessToken;
  }

  #getConnection(key: string): CachedConnection | undefined {
    const entry = this.#entries.peek(key);
    return entry === undefined || isNegative(entry) ? undefined : entry;
  }
}
