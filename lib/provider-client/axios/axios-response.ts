import {
  AxiosError,
  AxiosHeaders,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from 'axios';
import { Readable } from 'node:stream';
import { walkCauses } from '../../errors/causes.js';
import { detachDownload } from './axios-streams.js';

type Config = InternalAxiosRequestConfig;

/**
 * A response that shows neither the request that was sent nor its token.
 *
 * @internal
 */
export type RedactedResponse = AxiosResponse & { readonly headers: AxiosHeaders };

/** The request of Node.js, as axios attaches it to a response. A request of HTTP/2 has no `res`. */
interface NodeRequest {
  readonly res?: { readonly responseUrl?: string };
}

/**
 * Applies `validateStatus` like axios. The attempts themselves accept every status because a 401
 * and a rate limit are handled before the caller sees them.
 *
 * @throws `AxiosError` when `validateStatus` rejects the status
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
 * Copies a response without the request of Node.js, whose headers contain the token.
 *
 * @param config - the config of the caller
 * @internal
 */
export function redactResponse(response: AxiosResponse, config: Config): RedactedResponse {
  const { data, request } = response as { data: unknown; request: NodeRequest };
  const responseUrl = request.res?.responseUrl;
  return {
    ...response,
    headers: AxiosHeaders.from(response.headers as AxiosHeaders),
    config,
    data:
      data instanceof Readable ? detachDownload(data, (error) => redactError(error, config)) : data,
    request: { responseURL: responseUrl, res: { responseUrl } },
  };
}

/**
 * Removes the request and the response from an error of axios and from its causes.
 *
 * @param config - the config of the caller
 * @returns the same error
 * @internal
 */
export function redactError<E>(error: E, config: Config): E {
  for (const cause of walkCauses(error)) {
    if (!(cause instanceof AxiosError)) continue;
    cause.config = config;
    delete cause.request;
    delete cause.response;
  }
  return error;
}

/**
 * Returns the text of a small body. A stream belongs to the caller, so it is not read.
 *
 * @internal
 */
export async function readSmallBody(
  { data }: RedactedResponse,
  maxBytes: number,
): Promise<string | undefined> {
  const { length = Infinity } = data as { readonly length?: number };
  return length <= maxBytes ? String(data) : undefined;
}
