import {
  AxiosError,
  AxiosHeaders,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from 'axios';
import { finished, PassThrough, Readable } from 'node:stream';
import type { ConnectorsError } from '../../errors/connectors.error.js';

type Config = InternalAxiosRequestConfig;

const MAX_CAUSES = 10;

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
export function settle(response: AxiosResponse, config: Config): AxiosResponse {
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
export function redactResponse(
  response: AxiosResponse,
  config: Config,
): AxiosResponse & { readonly headers: AxiosHeaders } {
  const { data, request } = response as { data: unknown; request?: NodeRequest };
  const responseUrl = request?.res?.responseUrl;
  return {
    ...response,
    headers: AxiosHeaders.from(response.headers as AxiosHeaders),
    config,
    data: data instanceof Readable ? detached(data, config) : data,
    request: { responseURL: responseUrl, res: { responseUrl } },
  };
}

/**
 * The same for errors of axios, and for those that caused them.
 *
 * @internal
 */
export function redactError(failure: unknown, config: Config): unknown {
  for (let error = failure, depth = 0; error instanceof Error && depth < MAX_CAUSES; depth += 1) {
    if (error instanceof AxiosError) {
      error.config = config;
      delete error.request;
      delete error.response;
    }
    error = error.cause;
  }
  return failure;
}

/** The same data in a stream that leads to no request, nor do its errors. */
function detached(stream: Readable, config: Config): Readable {
  const copy = new PassThrough();
  finished(stream, (error) => {
    if (error) copy.destroy(redactError(error, config) as Error);
  });
  copy.once('close', () => stream.destroy());
  // Like the answers of Node.js, it may fail when nobody listens.
  copy.on('error', () => undefined);
  return stream.pipe(copy);
}

/**
 * The same data in a stream of its own: a stream that is sent leads to the request.
 *
 * @internal
 */
export function detachedUpload(data: unknown): unknown {
  const isPlain = data instanceof Readable && !('getHeaders' in data);
  return isPlain ? Readable.from(chunksOf(data), { objectMode: false }) : data;
}

async function* chunksOf(stream: Readable): AsyncGenerator {
  yield* stream;
}

interface NodeRequest {
  readonly res?: { readonly responseUrl?: string };
}
