import { InvalidRequestError } from '../errors/request.errors.js';
import type { IncomingRequest } from '../interfaces/incoming-request.interface.js';
import { isBearerToken } from '../common/well-formed.js';

/** A request of Node.js or Express, and one of Fastify, which wraps it. */
interface NodeRequest {
  readonly rawHeaders?: readonly string[];
  readonly raw?: { readonly rawHeaders?: readonly string[] };
}

/**
 * The value of a header, in requests of Node.js and of Fetch alike.
 *
 * @returns `undefined` when the request does not have it
 * @throws {@link InvalidRequestError} when it has it more than once
 * @internal
 */
export function getHeader(request: IncomingRequest, name: string): string | undefined {
  const values: unknown[] = [valueIn(request.headers ?? {}, name) ?? []].flat();
  if (values.length > 1 || (values.length === 1 && isRepeated(request as NodeRequest, name))) {
    throw new InvalidRequestError(
      `The header ${name} must stand on a request once, not repeatedly`,
    );
  }
  const [value] = values;
  if (value === undefined || typeof value === 'string') return value;
  throw new InvalidRequestError(`The header ${name} must be a text`);
}

/**
 * The token in `Bearer <token>`, with one space, as `@base44/sdk` wants it.
 *
 * @internal
 */
export function parseBearer(header: string | undefined): string | undefined {
  const token = header?.startsWith('Bearer ') === true ? header.slice('Bearer '.length) : undefined;
  return isBearerToken(token) ? token : undefined;
}

function valueIn(headers: object, name: string): unknown {
  return 'get' in headers && typeof headers.get === 'function'
    ? (headers as Headers).get(name)
    : (headers as Record<string, unknown>)[name.toLowerCase()];
}

/** Of several `Authorization` headers Node.js takes the first and drops the others without a word. */
function isRepeated({ rawHeaders, raw }: NodeRequest, name: string): boolean {
  const sent = rawHeaders ?? raw?.rawHeaders ?? [];
  const wanted = name.toLowerCase();
  const isIt = (text: string, index: number): boolean =>
    index % 2 === 0 && text.toLowerCase() === wanted;
  return sent.filter(isIt).length > 1;
}
