/**
 * The time, in milliseconds.
 *
 * @internal
 */
export class Clock {
  /** Never jumps: for ages and pauses. */
  monotonicMs(): number {
    return performance.now();
  }

  /** Since 1970, as others count: for what is told to or by other machines. */
  wallMs(): number {
    return Date.now();
  }
}
