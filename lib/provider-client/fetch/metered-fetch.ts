import { Base44UnavailableError, UnexpectedResponseError } from '../../errors/base44.errors.js';
import { InvalidRequestError } from '../../errors/request.errors.js';
import type {
  ConnectorApiMethod,
  ConnectorApiRequest,
  ConnectorApiResponse,
} from '../../interfaces/connector-api.interface.js';
import type { ProviderEndpoint } from '../provider-endpoint.js';

/** The statuses for which the Fetch standard allows no body. */
const NULL_BODY_STATUSES = [204, 205, 304];

/**
 * Converts a request of `fetch` to a request for Base44's proxy, which calls the connector's first
 * origin with a JSON body or none.
 *
 * @throws {@link InvalidRequestError} when the proxy cannot send the request
 * @internal
 */
export function toMeteredRequest(
  url: URL,
  { method = 'GET', headers, body }: RequestInit,
  { connector, origins }: ProviderEndpoint,
): ConnectorApiRequest {
  if (url.origin !== origins[0]) {
    throw createProxyLimitError(connector.id, `calls only ${String(origins[0])}`);
  }
  return {
    method: method.toUpperCase() as ConnectorApiMethod,
    path: `${url.pathname}${url.search}`,
    headers: Object.fromEntries(new Headers(headers)),
    body: parseJsonBody(body, connector.id),
  };
}

/**
 * Converts the provider's response, which Base44's proxy received, to a `Response`.
 *
 * @throws {@link Base44UnavailableError} when the proxy received no response
 * @throws {@link UnexpectedResponseError} when a `Response` cannot have its status
 * @internal
 */
export function toResponse(
  { phase, status, data, dataBase64, contentType, headers }: ConnectorApiResponse,
  url: URL,
  connector: string,
): Response {
  if (status === null) {
    throw new Base44UnavailableError(
      { connector },
      `its proxy received no response from the provider (${phase})`,
      { isSent: phase !== 'not_sent' },
    );
  }
  if (status < 200 || status > 599) {
    throw new UnexpectedResponseError({ connector }, "the provider's status is not usable");
  }
  const allHeaders = toHeaders(headers);
  const [body, type] =
    dataBase64 === null ? serializeData(data) : [decodeBase64(dataBase64), contentType];
  if (type !== null && !allHeaders.has('content-type')) append(allHeaders, 'Content-Type', type);
  const response = new Response(NULL_BODY_STATUSES.includes(status) ? null : body, {
    status,
    headers: allHeaders,
  });
  return Object.defineProperty(response, 'url', { value: url.href });
}

/** Copies the headers that a `Response` can have. The call is charged, so the others must not fail it. */
function toHeaders(headers: ConnectorApiResponse['headers']): Headers {
  const copy = new Headers();
  for (const [name, value] of Object.entries(headers)) append(copy, name, value);
  return copy;
}

function append(headers: Headers, name: string, value: string): void {
  try {
    headers.append(name, value);
  } catch {
    // The name or the value is not valid in HTTP.
  }
}

function parseJsonBody(body: RequestInit['body'], connector: string): unknown {
  if (body === undefined || body === null) return null;
  try {
    if (typeof body === 'string') return JSON.parse(body) as unknown;
  } catch {
    // Text that is not JSON is reported like every other body.
  }
  throw createProxyLimitError(connector, 'accepts only a JSON string as the body');
}

/** Returns the text of a body, and its content type. */
function serializeData(data: unknown): [string | null, string | null] {
  if (data === null) return [null, null];
  return typeof data === 'string'
    ? [data, 'text/plain;charset=UTF-8']
    : [JSON.stringify(data), 'application/json'];
}

function decodeBase64(base64: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

/** @param limit - completes "The proxy …" */
function createProxyLimitError(connector: string, limit: string): InvalidRequestError {
  return new InvalidRequestError(
    `Connector '${connector}' is metered, so Base44's proxy calls its API. With fetch, the proxy ${limit}. ` +
      `Use ConnectorsService.callApi('${connector}', request) for other requests.`,
  );
}
