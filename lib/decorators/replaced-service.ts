import type { HttpService } from '@nestjs/axios';
import { throwError } from 'rxjs';
import type { ConnectorsService } from '../connectors.service.js';
import { ConnectorsConfigurationError } from '../errors/connectors-configuration.error.js';
import type { ConnectorRef } from '../interfaces/connector.interface.js';
import type { IncomingRequest } from '../interfaces/incoming-request.interface.js';

/** The methods of an `HttpService` that send requests. */
const HTTP_METHODS = [
  'request',
  'get',
  'delete',
  'head',
  'post',
  'put',
  'patch',
  'postForm',
  'putForm',
  'patchForm',
];

/** A service, or a mock that a test provides instead of it. */
type Replaceable = Partial<ConnectorsService>;

/**
 * Returns the service bound to a request. A mock, or a service whose `getConnection` a test spies on,
 * acts for all requests, because the bound service would not be the one that the test has prepared.
 *
 * @internal
 */
export function bindToRequest(
  connectors: ConnectorsService,
  request: IncomingRequest,
): ConnectorsService {
  const isPrepared =
    Object.hasOwn(connectors, 'getConnection') && !Object.hasOwn(connectors, 'forRequest');
  if (isPrepared) return connectors;
  return (connectors as Replaceable).forRequest?.(request) ?? connectors;
}

/**
 * Returns the `fetch` of a connector. That of a mock without the method rejects with the remedy.
 *
 * @internal
 */
export function getFetch(connectors: ConnectorsService, ref: ConnectorRef): typeof fetch {
  return (
    (connectors as Replaceable).fetchFor?.(ref) ??
    (() => Promise.reject(createMockError('fetchFor')))
  );
}

/**
 * Returns the `HttpService` of a connector. That of a mock without the method rejects with the remedy.
 *
 * @internal
 */
export function getHttpService(connectors: ConnectorsService, ref: ConnectorRef): HttpService {
  return (connectors as Replaceable).http?.(ref) ?? createRejectingHttpService();
}

/** Creates an `HttpService` without its class, because a test may run without @nestjs/axios. */
function createRejectingHttpService(): HttpService {
  const reject = () => throwError(() => createMockError('http'));
  return Object.fromEntries(HTTP_METHODS.map((name) => [name, reject])) as unknown as HttpService;
}

function createMockError(method: string): ConnectorsConfigurationError {
  return new ConnectorsConfigurationError(
    `The mock of ConnectorsService has no method ${method}(), so it sends no request. ` +
      'Add the method, or import ConnectorsTestingModule instead of the mock.',
  );
}
