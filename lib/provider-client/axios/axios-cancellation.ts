import type { InternalAxiosRequestConfig } from 'axios';
import { forwardAbort } from '../../common/abort.js';

type Config = Pick<InternalAxiosRequestConfig, 'signal' | 'cancelToken'>;

/**
 * Combines the `signal` and the `cancelToken` of a request over axios in one signal. The signal also ends
 * waits that axios does not know: for a token, and before a retry.
 *
 * @internal
 */
export class AxiosCancellation {
  readonly #config: Config;
  #controller: AbortController | undefined;
  #stopForwarding: (() => void) | undefined;

  constructor(config: Config) {
    this.#config = config;
  }

  /** Created on first use because a call with a cached token waits only for axios. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      this.#stopForwarding = forwardCancellation(this.#config, this.#controller);
    }
    return this.#controller.signal;
  }

  /** Stops listening. Without this, `HttpService` aborts the signal after every request. */
  release(): void {
    this.#stopForwarding?.();
  }
}

function forwardCancellation({ signal, cancelToken }: Config, to: AbortController): () => void {
  const stopForwarding = forwardAbort(signal as AbortSignal | undefined, to);
  const cancel = (): void => {
    to.abort();
  };
  cancelToken?.subscribe(cancel);
  return () => {
    stopForwarding();
    cancelToken?.unsubscribe(cancel);
  };
}
