import { AxiosError, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';
import { PassThrough, pipeline, Readable } from 'node:stream';
import type { ConnectorsError } from '../errors/connectors.error.js';

type Config = InternalAxiosRequestConfig;

/**
 * Callers share errors, and axios writes into the stack of each one that passes.
 *
 * @internal
 */
export function withStackOfItsOwn(error: ConnectorsError): ConnectorsError {
  return Object.defineProperty(error, 'stack', { writable: false });
}

/**
 * In the words of axios.
 *
 * @internal
 */
export function timeoutError(config: Config, timeoutMs: number): AxiosError {
  const { timeoutErrorMessage, transitional } = config;
  const message = timeoutErrorMessage ?? `timeout of ${timeoutMs}ms exceeded`;
  const code = transitional?.clarifyTimeoutError ? 'ETIMEDOUT' : 'ECONNABORTED';
  return new AxiosError(message, code, config);
}

/**
 * As axios does it, which its own adapter was told not to.
 *
 * @throws `AxiosError` when the status is not wanted
 * @internal
 */
export function settled(response: AxiosResponse, config: Config): AxiosResponse {
  const { status } = response;
  if (!config.validateStatus || config.validateStatus(status)) return response;
  const code = status >= 400 && status < 500 ? 'ERR_BAD_REQUEST' : 'ERR_BAD_RESPONSE';
  const message = `Request failed with status code ${status}`;
  throw new AxiosError(message, code, config, response.request, response);
}

/**
 * The request of Node.js holds the headers that it was sent with, and so does what leads to it.
 *
 * @internal
 */
export function withoutToken(response: AxiosResponse, config: Config): AxiosResponse {
  const { data, request } = response as { data: unknown; request?: NodeRequest };
  const responseUrl = request?.res?.responseUrl;
  return {
    ...response,
    config,
    data: data instanceof Readable ? detached(data) : data,
    request: { responseURL: responseUrl, res: { responseUrl } },
  };
}

/** @internal */
export function failureWithoutToken(failure: unknown, config: Config): unknown {
  if (!(failure instanceof AxiosError)) return failure;
  failure.config = config;
  delete failure.request;
  delete failure.response;
  return failure;
}

/** The same data in a stream that leads to no request. */
function detached(stream: Readable): Readable {
  return pipeline(stream, new PassThrough(), () => undefined);
}

interface NodeRequest {
  readonly res?: { readonly responseUrl?: string };
}
