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
 * Checks a request for a metered connector and completes it, with the messages of `@base44/sdk`.
 *
 * @throws {@link InvalidRequestError}
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
 * @param request - or what contains it
 * @throws {@link InvalidRequestError} when the request holds what JSON cannot say, such as a cycle
 * @internal
 */
export function serializeApiRequest(request: object): string {
  try {
    return JSON.stringify(request);
  } catch {
    throw new InvalidRequestError('Request must hold nothing but what JSON can say');
  }
}
