import { getInvalidationKey } from './connection-request.js';

/**
 * Finds the cache keys of a connector and a user. There are several if requests bring their own
 * service roles.
 *
 * @internal
 */
export class KeyIndex {
  readonly #keys = new Map<string, Set<string>>();

  add(key: string): void {
    const invalidationKey = getInvalidationKey(key);
    const keys = this.#keys.get(invalidationKey) ?? new Set();
    keys.add(key);
    this.#keys.set(invalidationKey, keys);
  }

  delete(key: string): void {
    const invalidationKey = getInvalidationKey(key);
    const keys = this.#keys.get(invalidationKey);
    keys?.delete(key);
    if (keys?.size === 0) this.#keys.delete(invalidationKey);
  }

  /** Returns the keys that share their invalidation key with this key. */
  list(key: string): string[] {
    return [...(this.#keys.get(getInvalidationKey(key)) ?? [])];
  }
}
