import { findDescription } from '../errors/connector-names.js';
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

const ABSOLUTE_URL = /^[a-z][a-z\d+.-]*:\/\//i;

type UncheckedRequest = {
  readonly [K in keyof ConnectorApiRequest]?: ConnectorApiRequest[K] | null;
};

/**
 * Validates the request of a metered call and fills in its defaults.
 *
 * @throws {@link InvalidRequestError} with the messages of `@base44/sdk`, or when the path is a whole URL
 * @internal
 */
export function parseApiRequest(request: unknown, integrationType: string): ConnectorApiRequest {
  if (typeof request !== 'object' || request === null) {
    throw new InvalidRequestError('Request is required and must be an object');
  }
  const { method, host, path, query, headers, body } = request as UncheckedRequest;
  if (typeof path !== 'string' || path === '') {
    throw new InvalidRequestError('Request path is required and must be a string');
  }
  if (ABSOLUTE_URL.test(path)) throw createAbsolutePathError(integrationType);
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

/** The error does not repeat the URL, because its query may contain a secret. */
function createAbsolutePathError(integrationType: string): InvalidRequestError {
  const baseURL = findDescription(integrationType)?.baseURL ?? "the address of the connector's API";
  return new InvalidRequestError(
    `Request path must be a path below ${baseURL}, and not a whole URL. Remove the scheme and the host, ` +
      "so that the path begins with '/'. If the connector has several hosts, name the host in host.",
  );
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
