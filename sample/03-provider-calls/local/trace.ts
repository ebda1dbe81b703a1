/** A request of the application that arrived somewhere, and its answer. */
export interface Step {
  readonly to: string;
  /** Where that listens. */
  readonly host: string;
  readonly method: string;
  readonly path: string;
  /** The name of the token that arrived. */
  readonly token: string;
  readonly status: number;
  /** What else the answer says that matters here. */
  readonly says: readonly string[];
  /** How long after the step before, or after the start. */
  readonly waitedMs: number;
}

/** What arrived, in its order. */
export class Trace {
  #steps: Step[] = [];
  #lastAtMs = performance.now();

  start(): void {
    this.#steps = [];
    this.#lastAtMs = performance.now();
  }

  /** @returns how long after the step before it arrives */
  arrival(): number {
    const nowMs = performance.now();
    const waitedMs = nowMs - this.#lastAtMs;
    this.#lastAtMs = nowMs;
    return waitedMs;
  }

  add(step: Step): void {
    this.#steps.push(step);
  }

  get steps(): readonly Step[] {
    return this.#steps;
  }
}
