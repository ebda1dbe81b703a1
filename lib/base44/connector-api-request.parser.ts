import { InvalidRequestError } from '../errors/request.errors.js';
import type {
  ConnectorApiMethod,
  ConnectorApiRequest,
} from '../interfaces/connector-api.interface.js';

const METHODS: readonly unknown[] = [
  'GET',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'HEAD',
] satisfies ConnectorApiMethod[];

type UncheckedRequest = {
  readonly [K in keyof ConnectorApiRequest]?: ConnectorApiRequest[K] | null;
};

/**
 * Validates the request of a metered call and fills in its defaults.
 *
 * @throws {@link InvalidRequestError} with the messages of `@base44/sdk`
 * @internal
 */
export function parseApiRequest(request: unknown): ConnectorApiRequest {
  if (typeof request !== 'object' || request === null) {
    throw new InvalidRequestError('Request is required and must be an object');
  }
  const { method, host, path, query, headers, body } = request as UncheckedRequest;
  if (typeof path !== 'string' || path === '') {
    throw new InvalidRequestError('Request path is required and must be a string');
  }
  if (!METHODS.includes(method ?? 'GET')) {
    throw new InvalidRequestError(
      'Request method must be one of GET, POST, PUT, PATCH, DELETE, or HEAD',
    );
  }
  return {
    method: method ?? 'GET',
    ...(host === undefined || host === null ? {} : { host }),
    path,
    query: query ?? {},
    headers: headers ?? {},
    body: body ?? null,
  };
}

/**
 * Serializes a request, or an object that contains it.
 *
 * @throws {@link InvalidRequestError} when JSON cannot represent it, for example because of a cycle
 * @internal
 */
export function serializeApiRequest(request: object): string {
  try {
    return JSON.stringify(request);
  } catch {
    throw new InvalidRequestError('Request must contain only values that JSON can represent');
  }
}
