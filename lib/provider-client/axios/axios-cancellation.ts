import type { InternalAxiosRequestConfig } from 'axios';
import { forwardAbort } from '../../common/abort.js';

/**
 * Combines the `signal` and the `cancelToken` of an axios request in one signal. The signal also ends
 * the waits outside of axios: for a token, and before a retry.
 *
 * @internal
 */
export class AxiosCancellation {
  readonly #controller = new AbortController();
  readonly #cancelToken: InternalAxiosRequestConfig['cancelToken'];
  readonly #stopForwarding: readonly (() => void)[];
  readonly #cancel = (): void => {
    this.#controller.abort();
  };

  /** @param closing - aborts when the application closes */
  constructor(
    { signal, cancelToken }: Pick<InternalAxiosRequestConfig, 'signal' | 'cancelToken'>,
    closing: AbortSignal,
  ) {
    this.#cancelToken = cancelToken;
    this.#stopForwarding = [closing, signal as AbortSignal | undefined].map((from) =>
      forwardAbort(from, this.#controller),
    );
    cancelToken?.subscribe(this.#cancel);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Stops listening. Otherwise `HttpService` would abort the signal after every request. */
  release(): void {
    for (const stopForwarding of this.#stopForwarding) stopForwarding();
    this.#cancelToken?.unsubscribe(this.#cancel);
  }
}
