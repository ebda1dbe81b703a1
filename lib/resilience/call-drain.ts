import { Inject, Injectable } from '@nestjs/common';
import { untilAborted } from '../common/abort.js';
import type { Secret } from '../common/secret.js';
import { CONNECTORS_OPTIONS, type ConnectorsOptions } from '../options/connectors.options.js';
import { createClosingError } from './unavailable.errors.js';

/** A call in progress, which the shutdown can end. */
interface RunningCall {
  readonly connector: string;
  readonly controller: AbortController;
}

/**
 * Lets the calls in progress end before the application closes. From the start of the shutdown, no
 * call takes longer than `deadlineMs`.
 *
 * @internal
 */
@Injectable()
export class CallDrain {
  readonly #deadlineMs: number;
  readonly #calls = new Set<RunningCall>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #isDraining = false;
  #isFinishing = false;
  #onEmpty = (): void => undefined;

  constructor(@Inject(CONNECTORS_OPTIONS) options: Secret<ConnectorsOptions>) {
    this.#deadlineMs = options.reveal().resilience.deadlineMs;
  }

  /**
   * Runs a call.
   *
   * @throws `Base44UnavailableError` when the application is closed, or closes for too long
   */
  async run<T>(connector: string, work: (controller: AbortController) => Promise<T>): Promise<T> {
    // A call in progress may need another one.
    if (this.#isFinishing && this.#calls.size === 0) throw createClosingError(connector);
    const call = { connector, controller: new AbortController() };
    this.#calls.add(call);
    if (this.#isDraining) this.#limit([call]);
    try {
      return await untilAborted(call.controller.signal, work(call.controller));
    } finally {
      this.#calls.delete(call);
      if (this.#calls.size === 0) this.#onEmpty();
    }
  }

  /** Limits the time of the calls in progress, and of later ones. */
  start(): void {
    this.#isDraining = true;
    this.#limit([...this.#calls]);
  }

  /** Waits for the calls in progress, and rejects later ones. */
  async finish(): Promise<void> {
    this.#isFinishing = true;
    const timer = setTimeout(() => {
      abort([...this.#calls]);
    }, this.#deadlineMs);
    this.#timers.add(timer);
    if (this.#calls.size > 0) {
      await new Promise<void>((resolve) => {
        this.#onEmpty = resolve;
      });
    }
    for (const each of this.#timers) clearTimeout(each);
  }

  #limit(calls: readonly RunningCall[]): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      abort(calls);
    }, this.#deadlineMs);
    this.#timers.add(timer.unref());
  }
}

function abort(calls: readonly RunningCall[]): void {
  for (const { connector, controller } of calls) controller.abort(createClosingError(connector));
}
