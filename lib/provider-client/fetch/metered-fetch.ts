import { Base44UnavailableError, UnexpectedResponseError } from '../../errors/base44.errors.js';
import { InvalidRequestError } from '../../errors/request.errors.js';
import type {
  ConnectorApiMethod,
  ConnectorApiRequest,
  ConnectorApiResponse,
} from '../../interfaces/connector-api.interface.js';
import type { ProviderEndpoint } from '../provider-endpoint.js';

/** Statuses whose answers have no body. */
const WITHOUT_BODY = [204, 205, 304];

/**
 * A request of `fetch` as Base44's proxy takes it: to the first of the connector's hosts, with
 * a JSON body or none.
 *
 * @throws {@link InvalidRequestError} when the proxy cannot send it
 * @internal
 */
export function toMeteredRequest(
  url: URL,
  { method = 'GET', headers, body }: RequestInit,
  { connector, origins }: ProviderEndpoint,
): ConnectorApiRequest {
  if (url.origin !== origins[0]) {
    throw unfit(connector.id, `calls ${String(origins[0])} alone`);
  }
  return {
    method: method.toUpperCase() as ConnectorApiMethod,
    path: `${url.pathname}${url.search}`,
    headers: Object.fromEntries(new Headers(headers)),
    body: jsonIn(body, connector.id),
  };
}

/**
 * The provider's answer, as `fetch` gives one.
 *
 * @throws {@link Base44UnavailableError} when the provider gave none
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
      `its proxy got no answer from the provider (${phase})`,
      { isSent: phase !== 'not_sent' },
    );
  }
  if (status < 200 || status > 599) {
    throw new UnexpectedResponseError({ connector }, 'the provider answered with no usable status');
  }
  const all = new Headers(headers);
  const [body, type] = dataBase64 === null ? jsonOf(data) : [bytesOf(dataBase64), contentType];
  if (type !== null && !all.has('content-type')) all.set('Content-Type', type);
  const response = new Response(WITHOUT_BODY.includes(status) ? null : body, {
    status,
    headers: all,
  });
  return Object.defineProperty(response, 'url', { value: url.href });
}

function jsonIn(body: RequestInit['body'], connector: string): unknown {
  if (body === undefined || body === null) return null;
  try {
    if (typeof body === 'string') return JSON.parse(body) as unknown;
  } catch {
    // It is some other text.
  }
  throw unfit(connector, 'sends bodies of JSON alone, given as text');
}

function jsonOf(data: unknown): [string | null, string | null] {
  if (data === null) return [null, null];
  return typeof data === 'string'
    ? [data, 'text/plain;charset=UTF-8']
    : [JSON.stringify(data), 'application/json'];
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

function unfit(connector: string, limit: string): InvalidRequestError {
  return new InvalidRequestError(
    `Connector '${connector}' is metered, so Base44's proxy calls its API, and that ${limit}. ` +
      `Use ConnectorsService.callApi('${connector}', request) for what it can do besides.`,
  );
}
