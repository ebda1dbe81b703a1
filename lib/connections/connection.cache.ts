import { LRUCache } from 'lru-cache';
import type { ConnectorConnection } from '../interfaces/connector-connection.interface.js';
import type { Connector } from '../interfaces/connector.interface.js';
import type { CacheSettings } from '../options/connectors.options.js';
import { isTransient, getRetryAfterMs } from '../resilience/retryable.js';
import type { Clock } from '../common/clock.js';
import {
  isAbsence,
  isOlder,
  isUsable,
  type NegativeEntry,
  type CachedConnection,
  mustRefresh,
  pauseRefresh,
} from './cache-entry.js';

type Kept = CachedConnection | NegativeEntry;

/**
 * What this process remembers of connections, by the key of their order. The least recently
 * used one goes first.
 *
 * @internal
 */
export class ConnectionCache {
  readonly #entries: LRUCache<string, Kept>;
  readonly #clock: Clock;
  readonly #negativeTtlMs: number;

  constructor({ maxEntries, negativeTtlMs }: CacheSettings, clock: Clock) {
    this.#entries = new LRUCache({ max: maxEntries });
    this.#clock = clock;
    this.#negativeTtlMs = negativeTtlMs;
  }

  get keys(): string[] {
    return [...this.#entries.keys()];
  }

  get(key: string): Kept | undefined {
    return this.#entries.get(key);
  }

  set(key: string, kept: Kept): void {
    this.#entries.set(key, kept);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  /** Whether one is kept that Base44 certainly gave later. */
  hasNewer(key: string, than: CachedConnection): boolean {
    const own = this.#connection(key);
    return own !== undefined && isOlder(than, own);
  }

  /**
   * The last good connection, when Base44 failed in a way that may pass. Its renewal is tried
   * again after a pause.
   *
   * @param epoch - the one that counts
   */
  lastGood(
    key: string,
    epoch: string | undefined,
    error: unknown,
  ): Promise<ConnectorConnection> | undefined {
    const kept = this.#connection(key);
    const nowMs = this.#clock.monotonicMs();
    if (kept === undefined || !isUsable(kept, nowMs) || kept.epoch !== epoch) return undefined;
    const isPassing = isTransient(error);
    if (mustRefresh(kept, nowMs)) {
      const retryAtMs = nowMs + getRetryAfterMs(error);
      this.#entries.set(key, pauseRefresh(kept, { nowMs, retryAtMs, isPassing }));
    }
    return isPassing ? kept.promise : undefined;
  }

  /** Whether a connection is still the one that is kept. */
  isKept(key: string, connection: ConnectorConnection): boolean {
    return this.#connection(key)?.connection === connection;
  }

  /** How long an absence is remembered. A user's ends when they come back from the provider's page, and nobody is told. */
  absenceMsOf({ kind }: Connector): number {
    return kind === 'appUserConnector' ? 0 : this.#negativeTtlMs;
  }

  #connection(key: string): CachedConnection | undefined {
    const kept = this.#entries.peek(key);
    return kept === undefined || isAbsence(kept) ? undefined : kept;
  }
}
