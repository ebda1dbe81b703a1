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
  CACHE_DISABLED,
  type CacheSettings,
  CONNECTORS_OPTIONS,
  type ConnectorsOptions,
} from '../options/connectors.options.js';
import { getRetryAfterMs, isTransient } from '../resilience/retryable.js';
import {
  type CachedConnection,
  type CacheEntry,
  delayRefresh,
  isFresh,
  isNegative,
  isOlder,
  isUsable,
  mustRefresh,
  toCacheEntry,
  type Verification,
} from './cache-entry.js';
import type { InFlightRequest } from './in-flight-request.js';
import { KeyIndex } from './key-index.js';
import { RejectedTokens } from './rejected-tokens.js';
import type { SharedEntry } from './shared/shared-connection.store.js';

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
  /** The keys of all entries and of all rejected tokens. */
  readonly #index = new KeyIndex();
  #epoch = 0;

  constructor(
    @Inject(CONNECTORS_OPTIONS) options: Secret<ConnectorsOptions>,
    @Inject(Clock) clock: Clock,
  ) {
    this.#settings = options.reveal().cache || CACHE_DISABLED;
    this.#clock = clock;
    const { maxEntries: max } = this.#settings;
    const disposeAfter = (_value: unknown, key: string): void => {
      this.#removeUnused(key);
    };
    this.#entries = new LRUCache<string, CacheEntry>({ max, disposeAfter });
    this.#rejected = new RejectedTokens({ max, disposeAfter }, clock);
  }

  /** A number that increases when another process may have invalidated connections. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Requires the verification of all entries, without evicting them. */
  advanceEpoch(): void {
    this.#epoch += 1;
  }

  /** Returns an entry, if it has been verified since the start of an epoch. */
  get(key: string, epoch = this.#epoch): CacheEntry | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && entry.epoch >= epoch ? entry : undefined;
  }

  /** Returns whether lookups of a connection return a cached one, even while Base44 fails. */
  canServe(key: string): boolean {
    const nowMs = this.#clock.monotonicMs();
    return this.#index.list(key).some((other) => {
      const entry = this.#getConnection(other);
      return entry !== undefined && isFresh(entry, nowMs);
    });
  }

  set(key: string, entry: CacheEntry): void {
    this.#entries.set(key, entry);
    this.#index.add(key);
  }

  /** Caches that a connector is not connected. */
  setNegative(
    { request, epoch, generations }: InFlightRequest,
    error: ConnectorNotConnectedError,
  ): void {
    const freshUntilMs = this.#clock.monotonicMs() + this.#getNegativeTtlMs(request.connector);
    this.set(request.key, { error, freshUntilMs, epoch, generations });
  }

  /**
   * Verifies an entry for an epoch: evicts it if its generations are not the current ones.
   *
   * @returns whether the entry must be verified again, because the generations are unknown
   */
  verify(key: string, { epoch, generations }: Verification): boolean {
    const entry = this.#entries.peek(key);
    if (entry === undefined || entry.epoch >= epoch) return false;
    const isCurrent = generations === undefined || entry.generations === generations;
    if (isCurrent) this.#entries.set(key, { ...entry, epoch });
    else this.evict(key);
    return generations === undefined;
  }

  /**
   * Creates the entry of a connection, without caching it.
   *
   * @param ageMs - the time since the response of Base44
   */
  createEntry(
    { epoch, generations }: Verification,
    fetched: FetchedConnection,
    ageMs = 0,
  ): CachedConnection {
    const entry = toCacheEntry(fetched, ageMs, this.#settings, this.#clock);
    return { ...entry, epoch, generations };
  }

  /**
   * Creates the entry of a connection that another process shares, without caching it.
   *
   * @returns `undefined` if its token was rejected or is too old, or if a newer connection is cached
   */
  createSharedEntry(
    self: InFlightRequest,
    { connection, ageMs }: Partial<SharedEntry> = {},
  ): CachedConnection | undefined {
    const { key } = self.request;
    if (connection === undefined || this.#rejected.has(key, connection.accessToken)) {
      return undefined;
    }
    const entry = this.createEntry(self, connection, ageMs);
    const cached = this.#getConnection(key);
    if (cached !== undefined && isOlder(entry, cached)) return undefined;
    return isUsable(entry, this.#clock.monotonicMs()) ? entry : undefined;
  }

  /**
   * Returns the stale connection to serve after a transient failure of Base44, and delays its next
   * renewal.
   *
   * @param epoch - the epoch in which the call started
   */
  getStale(key: string, error: unknown, epoch: number): Promise<ConnectorConnection> | undefined {
    const entry = this.#getConnection(key);
    const nowMs = this.#clock.monotonicMs();
    if (entry === undefined || entry.epoch < epoch || !isUsable(entry, nowMs)) return undefined;
    const retryAfterMs = getRetryAfterMs(error);
    const failure = { nowMs, retryAfterMs, isTransient: isTransient(error) };
    if (mustRefresh(entry, nowMs)) this.#entries.set(key, delayRefresh(entry, failure));
    return failure.isTransient ? entry.promise : undefined;
  }

  evict(key: string): void {
    this.#entries.delete(key);
  }

  /** Evicts a connector's entries for a user under all service roles, and the rejected tokens. */
  evictForUser(key: string): void {
    for (const other of this.#index.list(key)) {
      this.evict(other);
      this.#rejected.delete(other);
    }
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
    this.#index.add(key);
    return !isKnown;
  }

  getRejectedToken(key: string): string | undefined {
    return this.#rejected.get(key);
  }

  /** Suppresses renewals for a while, because the provider rejects the newest token of Base44. */
  suppressRenewal(key: string, accessToken: string): void {
    this.#rejected.suppressRenewal(key, accessToken, this.#settings.negativeTtlMs);
    this.#index.add(key);
  }

  isRenewalSuppressed(key: string, accessToken: string): boolean {
    return (
      !this.#holdsOther(key, accessToken) && this.#rejected.isRenewalSuppressed(key, accessToken)
    );
  }

  /** Returns 0 for app users, because they connect on the provider's page and no event reports it. */
  #getNegativeTtlMs({ kind }: Connector): number {
    return kind === 'appUserConnector' ? 0 : this.#settings.negativeTtlMs;
  }

  #removeUnused(key: string): void {
    if (!this.#entries.has(key) && !this.#rejected.hasKey(key)) this.#index.delete(key);
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
