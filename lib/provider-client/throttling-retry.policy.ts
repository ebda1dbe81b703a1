import { Inject, Injectable } from '@nestjs/common';
import { forwardAbort } from '../common/abort.js';
import type { Secret } from '../common/secret.js';
import {
  CONNECTORS_OPTIONS,
  type ConnectorsOptions,
  type ResilienceSettings,
} from '../options/connectors.options.js';
import { pause, RetryBudget, sendWithRetry } from '../resilience/retry.js';
import { createClosingError } from '../resilience/unavailable.errors.js';

/**
 * A request to a provider that may be sent again after a delay.
 *
 * @internal
 */
export interface ThrottledRequest<Response> {
  readonly connector: string;
  readonly budget: RetryBudget;
  readonly signal: AbortSignal;
  readonly send: () => Promise<Response>;
  /** Returns the delay before a retry, in milliseconds, or `undefined` for a final response. */
  readonly getRetryAfterMs: (response: Response) => number | undefined;
  /** Releases a response that a retry replaces. */
  readonly discard: (response: Response) => void;
}

/**
 * Sends requests again when a provider limits their rate and says for how long.
 *
 * @internal
 */
@Injectable()
export class ThrottlingRetryPolicy {
  readonly #settings: ResilienceSettings;
  readonly #pauses = new Set<AbortController>();
  #isClosed = false;

  constructor(@Inject(CONNECTORS_OPTIONS) options: Secret<ConnectorsOptions>) {
    this.#settings = options.reveal().resilience;
  }

  /** Creates the budget of one call. Its requests with the first and the renewed token share it. */
  createBudget(deadlineMs = this.#settings.deadlineMs): RetryBudget {
    return new RetryBudget(this.#settings.retries, deadlineMs);
  }

  /**
   * Sends a request, and sends it again while the provider limits the rate and the budget permits.
   *
   * @returns the last response
   * @throws the reason of the signal
   */
  send<Response>(request: ThrottledRequest<Response>): Promise<Response> {
    const { connector, budget, signal, send, getRetryAfterMs, discard } = request;
    return sendWithRetry({
      budget,
      attempt: send,
      getRetryAfterMs: (outcome) =>
        'value' in outcome ? getRetryAfterMs(outcome.value) : undefined,
      discard,
      pause: (delayMs) => this.#pause(delayMs, connector, signal),
    });
  }

  /** Rejects the calls that wait for a retry. */
  close(): void {
    this.#isClosed = true;
    for (const controller of this.#pauses) controller.abort();
  }

  async #pause(delayMs: number, connector: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const controller = new AbortController();
    const stopForwarding = forwardAbort(signal, controller);
    this.#pauses.add(controller);
    if (this.#isClosed) controller.abort();
    try {
      await pause(delayMs, controller.signal);
    } catch {
      signal.throwIfAborted();
      throw createClosingError(connector);
    } finally {
      stopForwarding();
      this.#pauses.delete(controller);
    }
  }
}
