/**
 * The longest delay of a Node.js timer, in milliseconds. With a longer delay, it fires at once.
 *
 * @internal
 */
export const MAX_TIMER_MS = 2 ** 31 - 1;

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
