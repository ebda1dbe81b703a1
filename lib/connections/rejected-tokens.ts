import { LRUCache } from 'lru-cache';
import type { Clock } from '../common/clock.js';

interface RefusedToken {
  readonly accessToken: string;
  /** Until then Base44 is not asked for another one: it was, and had none. */
  readonly askAgainAtMs: number;
}

/**
 * The tokens that providers refused last, by the key of their connection, whether or not that
 * is still kept.
 *
 * @internal
 */
export class RejectedTokens {
  readonly #tokens: LRUCache<string, RefusedToken>;
  readonly #clock: Clock;

  constructor(maxEntries: number, clock: Clock) {
    this.#tokens = new LRUCache({ max: maxEntries });
    this.#clock = clock;
  }

  get keys(): string[] {
    return [...this.#tokens.keys()];
  }

  /** The provider refused it; Base44 may have another one. */
  note(key: string, accessToken: string): void {
    if (!this.has(key, accessToken)) this.#tokens.set(key, { accessToken, askAgainAtMs: 0 });
  }

  /** Base44 was asked, and has no other one for the time being. */
  settle(key: string, accessToken: string, forMs: number): void {
    if (this.isSettled(key, accessToken)) return;
    this.#tokens.set(key, { accessToken, askAgainAtMs: this.#clock.monotonicMs() + forMs });
  }

  has(key: string, accessToken: string): boolean {
    return this.#tokens.get(key)?.accessToken === accessToken;
  }

  isSettled(key: string, accessToken: string): boolean {
    const token = this.#tokens.get(key);
    return token?.accessToken === accessToken && this.#clock.monotonicMs() < token.askAgainAtMs;
  }

  delete(key: string): void {
    this.#tokens.delete(key);
  }

  clear(): void {
    this.#tokens.clear();
  }
}
