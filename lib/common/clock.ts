/**
 * A clock, in milliseconds. Tests replace it through the container.
 *
 * @internal
 */
export class Clock {
  /** Returns the time of a clock that never jumps, to measure ages and delays. */
  monotonicMs(): number {
    return performance.now();
  }

  /** Returns the time since 1970, to compare with other machines. */
  wallMs(): number {
    return Date.now();
  }
}
