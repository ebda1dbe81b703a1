/**
 * The scope of an invalidation of all connections. No key of a connection equals it.
 *
 * @internal
 */
export const ALL = '*';

/** An invalidation by this process. */
interface OwnInvalidation {
  /** The time after which no entry from before the invalidation is usable. */
  readonly endsAtMs: number;
  /** Whether the store holds it. */
  isTold: boolean;
}

/**
 * The invalidations that this process must tell the others, by scope.
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

  get hasUntold(): boolean {
    return this.listUntold().length > 0;
  }

  has(scope: string): boolean {
    return this.#byScope.has(scope);
  }

  add(scope: string, endsAtMs: number): void {
    this.#byScope.delete(scope);
    this.#byScope.set(scope, { endsAtMs, isTold: false });
    if (this.#byScope.size > this.#max) this.#dropOldest(endsAtMs);
  }

  setTold(scope: string): void {
    const own = this.#byScope.get(scope);
    if (own !== undefined) own.isTold = true;
  }

  listUntold(): string[] {
    return [...this.#byScope].filter(([, { isTold }]) => !isTold).map(([scope]) => scope);
  }

  setUntold(): void {
    for (const own of this.#byScope.values()) own.isTold = false;
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
    if (oldest === undefined) return;
    const [scope, { isTold }] = oldest;
    this.#byScope.delete(scope);
    if (isTold) return;
    this.#byScope.clear();
    this.add(ALL, endsAtMs);
  }
}
