import { Clock } from '../../lib/common/clock.js';

/** Time passes only when a test advances it. The wall clock stays that of `Date`. */
export class ManualClock extends Clock {
  #nowMs = 1_000;

  override monotonicMs(): number {
    return this.#nowMs;
  }

  advance(ms: number): void {
    this.#nowMs += ms;
  }
}

/** Real time, and the time that a test skips. */
export class SkippingClock extends Clock {
  #skippedMs = 0;
  #stoppedAtMs: number | undefined;

  override monotonicMs(): number {
    return (this.#stoppedAtMs ?? super.monotonicMs()) + this.#skippedMs;
  }

  /** Lets monotonic time pass only when the test skips some. */
  stop(): void {
    this.#stoppedAtMs = super.monotonicMs();
  }

  override wallMs(): number {
    return super.wallMs() + this.#skippedMs;
  }

  skip(ms: number): void {
    this.#skippedMs += ms;
  }
}
