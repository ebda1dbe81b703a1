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
  #drainTimer: NodeJS.Timeout | undefined;
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
    const timer = this.#isDraining ? this.#limit([call]) : undefined;
    try {
      return await untilAborted(call.controller.signal, work(call.controller));
    } finally {
      clearTimeout(timer);
      this.#calls.delete(call);
      if (this.#calls.size === 0) this.#onEmpty();
    }
  }

  /** Limits the time of the calls in progress, and of later ones. */
  start(): void {
    this.#isDraining = true;
    this.#drainTimer = this.#limit([...this.#calls]);
  }

  /** Waits for the calls in progress, and rejects later ones. */
  async finish(): Promise<void> {
    this.#isFinishing = true;
    const timer = this.#limit(this.#calls);
    if (this.#calls.size > 0) {
      await new Promise<void>((resolve) => {
        this.#onEmpty = resolve;
      });
    }
    clearTimeout(this.#drainTimer);
    clearTimeout(timer);
  }

  #limit(calls: Iterable<RunningCall>): NodeJS.Timeout {
    return setTimeout(() => {
      abort(calls);
    }, this.#deadlineMs);
  }
}

function abort(calls: Iterable<RunningCall>): void {
  for (const { connector, controller } of calls) controller.abort(createClosingError(connector));
}
