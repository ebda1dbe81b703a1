const MINUTE_MS = 60_000;
const MINUTES = 60;

/**
 * Counts events by name over the last hour, in one bucket for each minute.
 *
 * @internal
 */
export class HourlyCounts<Name extends string> {
  readonly #buckets = new Map<number, Map<Name, number>>();

  /** @param nowMs - the time of a clock that never jumps */
  add(name: Name, nowMs: number): void {
    this.#removeOld(nowMs);
    const minute = toMinute(nowMs);
    const bucket = this.#buckets.get(minute) ?? new Map<Name, number>();
    this.#buckets.set(minute, bucket.set(name, (bucket.get(name) ?? 0) + 1));
  }

  /** Returns the count of each name. */
  sum<const Names extends readonly Name[]>(
    names: Names,
    nowMs: number,
  ): Record<Names[number], number> {
    this.#removeOld(nowMs);
    const buckets = [...this.#buckets.values()];
    const counts = names.map((name) => [
      name,
      buckets.reduce((total, bucket) => total + (bucket.get(name) ?? 0), 0),
    ]);
    return Object.fromEntries(counts) as Record<Names[number], number>;
  }

  #removeOld(nowMs: number): void {
    const oldest = toMinute(nowMs) - MINUTES;
    for (const minute of this.#buckets.keys()) {
      // The buckets are in the order of time.
      if (minute > oldest) return;
      this.#buckets.delete(minute);
    }
  }
}

function toMinute(nowMs: number): number {
  return Math.floor(nowMs / MINUTE_MS);
}
