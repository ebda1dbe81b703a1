import type { Axios } from 'axios';
import { AgentPool } from '../common/agent-pool.js';
import type { ErrorContext } from '../errors/error-context.interface.js';
import { exitRequestContext } from '../identity/current-request.js';
import type { ConnectorsOptions } from '../options/connectors.options.js';
import { createBase44Axios } from './base44-axios.factory.js';
import { mapNetworkError } from './network-error.mapper.js';
import type { UpstreamResponse } from './upstream-response.js';

/**
 * The size limit of a response without a provider's data. It rejects web pages and compression bombs.
 *
 * @internal
 */
export const MAX_TOKEN_RESPONSE_BYTES = 262_144;

/**
 * The size limit of a metered call's response, which can contain a file.
 *
 * @internal
 */
export const MAX_API_RESPONSE_BYTES = 33_554_432;

/**
 * A request to Base44 or to the broker.
 *
 * @internal
 */
export interface UpstreamRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A JSON text. */
  readonly data?: string;
  /** The size limit of the response body, in bytes. */
  readonly maxContentLength: number;
  readonly signal: AbortSignal;
}

/**
 * Sends requests over its own connection pool. It does not interpret responses.
 *
 * @internal
 */
export class Base44Api {
  readonly #agents = new AgentPool();
  readonly #axios: Axios;

  constructor({ useEnvironmentProxy }: Pick<ConnectorsOptions, 'useEnvironmentProxy'>) {
    this.#axios = createBase44Axios({
      httpAgent: this.#agents.httpAgent,
      httpsAgent: this.#agents.httpsAgent,
      ...(useEnvironmentProxy ? {} : { proxy: false }),
    });
  }

  /**
   * Sends a request, and returns the response with any status.
   *
   * @throws the mapped network error when no complete response arrives
   */
  async send(request: UpstreamRequest, context: ErrorContext): Promise<UpstreamResponse> {
    try {
      const { status, headers, data } = await exitRequestContext(() =>
        this.#axios.request<unknown>(request),
      );
      return { status, headers, body: data };
    } catch (error) {
      // The fault can affect idle connections too, so the next attempt opens a new one.
      this.#agents.destroyIdle();
      // The AxiosError is dropped, because it exposes the request's headers.
      throw mapNetworkError(error, context, request.url);
    }
  }

  /** Closes all connections. */
  close(): void {
    this.#agents.destroy();
  }
}
