import { LRUCache } from 'lru-cache';
import type { Clock } from '../common/clock.js';

interface RejectedToken {
  readonly accessToken: string;
  /** The time until which no other token is requested, because Base44 had none. */
  readonly renewAfterMs: number;
}

/**
 * Remembers the token that a provider rejected last, by the key of its connection.
 *
 * @internal
 */
export class RejectedTokens {
  readonly #tokens: LRUCache<string, RejectedToken>;
  readonly #clock: Clock;

  constructor(options: LRUCache.Options<string, RejectedToken, unknown>, clock: Clock) {
    this.#tokens = new LRUCache(options);
    this.#clock = clock;
  }

  hasKey(key: string): boolean {
    return this.#tokens.has(key);
  }

  /** Remembers that the provider rejected a token. Base44 may have another one. */
  add(key: string, accessToken: string): void {
    this.#tokens.set(key, { accessToken, renewAfterMs: 0 });
  }

  /** Remembers that Base44 has no other token. A second call does not prolong the first. */
  suppressRenewal(key: string, accessToken: string, ttlMs: number): void {
    if (this.isRenewalSuppressed(key, accessToken)) return;
    this.#tokens.set(key, { accessToken, renewAfterMs: this.#clock.monotonicMs() + ttlMs });
  }

  get(key: string): string | undefined {
    return this.#tokens.get(key)?.accessToken;
  }

  has(key: string, accessToken: string): boolean {
    return this.get(key) === accessToken;
  }

  isRenewalSuppressed(key: string, accessToken: string): boolean {
    const token = this.#tokens.get(key);
    return token?.accessToken === accessToken && this.#clock.monotonicMs() < token.renewAfterMs;
  }

  delete(key: string): void {
    this.#tokens.delete(key);
  }

  clear(): void {
    this.#tokens.clear();
  }
}
