import { isBearerToken } from '../common/well-formed.js';
import { InvalidRequestError } from '../errors/request.errors.js';
import type { IncomingRequest } from '../interfaces/incoming-request.interface.js';

/** A request of Node.js or Express, or one of Fastify, which wraps it. */
interface NodeRequest {
  readonly rawHeaders?: readonly string[];
  readonly raw?: { readonly rawHeaders?: readonly string[] };
}

/**
 * Returns the value of a header. Supports requests of Node.js and of Fetch.
 *
 * @throws {@link InvalidRequestError} when the request has the header more than once
 * @internal
 */
export function getHeader(request: IncomingRequest, name: string): string | undefined {
  const values: unknown[] = [getValue(request.headers ?? {}, name) ?? []].flat();
  if (values.length > 1 || (values.length === 1 && isRepeated(request as NodeRequest, name))) {
    throw new InvalidRequestError(`The header ${name} occurs more than once. Send it once`);
  }
  const [value] = values;
  if (value === undefined || typeof value === 'string') return value;
  throw new InvalidRequestError(`The header ${name} must be a string`);
}

/**
 * Returns the value of a cookie, as it was sent.
 *
 * @throws {@link InvalidRequestError} when the request has several values, because another host of the
 * same domain may have set one of them
 * @internal
 */
export function getCookie(request: IncomingRequest, name: string): string | undefined {
  // HTTP/2 may split the header.
  const headers: unknown[] = [getValue(request.headers ?? {}, 'Cookie')].flat();
  const values = headers
    .filter((header) => typeof header === 'string')
    .flatMap((header) => header.split(';'))
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  if (new Set(values).size > 1) {
    throw new InvalidRequestError(`The cookie ${name} occurs with several values. Send one value`);
  }
  return values[0];
}

/**
 * Parses `Bearer <token>`, with one space as `@base44/sdk` requires it.
 *
 * @internal
 */
export function parseBearer(header: string | undefined): string | undefined {
  const token = header?.startsWith('Bearer ') === true ? header.slice('Bearer '.length) : undefined;
  return isBearerToken(token) ? token : undefined;
}

function getValue(headers: object, name: string): unknown {
  return 'get' in headers && typeof headers.get === 'function'
    ? (headers as Headers).get(name)
    : (headers as Record<string, unknown>)[name.toLowerCase()];
}

/** Returns whether a header occurs twice. Node.js silently drops the second `Authorization`. */
function isRepeated({ rawHeaders, raw }: NodeRequest, name: string): boolean {
  const received = rawHeaders ?? raw?.rawHeaders;
  const wanted = name.toLowerCase();
  const isMatch = (text: string, index: number): boolean =>
    index % 2 === 0 && text.toLowerCase() === wanted;
  return (received?.filter(isMatch).length ?? 0) > 1;
}
