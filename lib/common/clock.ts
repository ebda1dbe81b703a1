/**
 * Tells the time, in milliseconds. A test replaces it through the container.
 *
 * @internal
 */
export class Clock {
  /** Returns the time of a clock that never jumps: for ages and delays. */
  monotonicMs(): number {
    return performance.now();
  }

  /** Returns the time since 1970: for times that other machines read or wrote. */
  wallMs(): number {
    return Date.now();
  }
}
