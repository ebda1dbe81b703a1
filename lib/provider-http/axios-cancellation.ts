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
  #ofToken: CancelSignal | undefined;

  constructor(config: Config) {
    this.#config = config;
  }

  get signal(): AbortSignal | undefined {
    const { signal, cancelToken } = this.#config;
    this.#ofToken ??= cancelToken?.toAbortSignal() as CancelSignal | undefined;
    const signals = [signal as AbortSignal | undefined, this.#ofToken].filter(
      (one) => one !== undefined,
    );
    return signals.length > 1 ? AbortSignal.any(signals) : signals[0];
  }

  /** `HttpService` cancels every request when it is over, which nobody needs to hear of. */
  release(): void {
    this.#ofToken?.unsubscribe();
  }
}

interface CancelSignal extends AbortSignal {
  unsubscribe(): void;
}
