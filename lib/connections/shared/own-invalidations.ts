/**
 * The scope of an invalidation of all connections. No key of a connection equals it.
 *
 * @internal
 */
export const ALL = '*';

/**
 * An invalidation by this process.
 *
 * @internal
 */
export interface OwnInvalidation {
  /** The time after which no entry from before the invalidation is usable. */
  readonly endsAtMs: number;
  /**
   * `pending`: the store may not hold the invalidation. `unsure`: the store held it, but no receipt
   * would show its loss. `told`: if the store loses it, it loses a receipt too.
   */
  state: 'pending' | 'unsure' | 'told';
}

/**
 * The invalidations that this process must tell the other processes, by scope.
 *
 * @internal
 */
export class OwnInvalidations {
  /** The oldest first. */
  readonly #byScope = new Map<string, OwnInvalidation>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get isEmpty(): boolean {
    return this.#byScope.size === 0;
  }

  get areTold(): boolean {
    return this.listUntold().length === 0;
  }

  has(scope: string): boolean {
    return this.#byScope.has(scope);
  }

  add(scope: string, endsAtMs: number): OwnInvalidation {
    const own: OwnInvalidation = { endsAtMs, state: 'pending' };
    this.#byScope.delete(scope);
    this.#byScope.set(scope, own);
    if (this.#byScope.size > this.#max) this.#dropOldest(endsAtMs);
    return own;
  }

  /** Requires that all invalidations are told again. */
  reset(): void {
    for (const own of this.#byScope.values()) own.state = 'pending';
  }

  /** Requires that the unsure invalidations are told again. */
  resetUnsure(): void {
    for (const own of this.#byScope.values()) {
      if (own.state === 'unsure') own.state = 'pending';
    }
  }

  listUntold(): [string, OwnInvalidation][] {
    return [...this.#byScope].filter(([, { state }]) => state !== 'told');
  }

  dropExpired(nowMs: number): void {
    for (const [scope, { endsAtMs }] of this.#byScope) {
      if (endsAtMs > nowMs) return;
      this.#byScope.delete(scope);
    }
  }

  /** Limits the number. One invalidation of all connections replaces those that are not told. */
  #dropOldest(endsAtMs: number): void {
    const [oldest] = this.#byScope;
    if (oldest?.[1].state === 'told') {
      this.#byScope.delete(oldest[0]);
      return;
    }
    this.#byScope.clear();
    this.add(ALL, endsAtMs);
  }
}
