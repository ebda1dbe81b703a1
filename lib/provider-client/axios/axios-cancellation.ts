import type { InternalAxiosRequestConfig } from 'axios';

type Config = Pick<InternalAxiosRequestConfig, 'signal' | 'cancelToken'>;

/**
 * The two ways in which a request over axios is cancelled, as one signal, made when it is asked
 * for. It ends also what axios does not know of: waiting for a token, and for a provider.
 *
 * @internal
 */
export class AxiosCancellation {
  readonly #config: Config;
  #controller: AbortController | undefined;
  readonly #abort = (): void => {
    this.#controller?.abort();
  };

  constructor(config: Config) {
    this.#config = config;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      const { signal, cancelToken } = this.#config;
      if (signal?.aborted) this.#abort();
      signal?.addEventListener?.('abort', this.#abort);
      cancelToken?.subscribe(this.#abort);
    }
    return this.#controller.signal;
  }

  /** `HttpService` cancels every request when it is over, which nobody needs to hear of. */
  release(): void {
    if (this.#controller === undefined) return;
    this.#config.signal?.removeEventListener?.('abort', this.#abort);
    this.#config.cancelToken?.unsubscribe(this.#abort);
  }
}
