import type { HttpService } from '@nestjs/axios';
import axios from 'axios';
import type { ConnectorsService } from '../connectors.service.js';
import { ConnectorsConfigurationError } from '../errors/connectors-configuration.error.js';
import { exitRequestContext } from '../identity/current-request.js';
import type { ConnectorRef } from '../interfaces/connector.interface.js';
import type { IncomingRequest } from '../interfaces/incoming-request.interface.js';
import { NestAxios } from '../provider-client/axios/nest-axios.js';

/** A service, or a mock that a test provides instead of it. */
type Replaceable = Partial<ConnectorsService>;

/**
 * Returns the service bound to a request. A mock without `forRequest`, or a service whose
 * `getConnection` a test spies on, acts for all requests, because a bound copy would lack the prepared method.
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
 * Returns the service bound to the configured service role without a user, also within a request. A mock
 * without `asAppUser` acts for all.
 *
 * @internal
 */
export function bindToServiceRole(connectors: ConnectorsService): ConnectorsService {
  return exitRequestContext(() => (connectors as Replaceable).asAppUser?.('')) ?? connectors;
}

/**
 * Returns the `fetch` of a connector. For a mock without the method, returns a `fetch` that rejects with
 * the remedy.
 *
 * @internal
 */
export function getFetch(connectors: ConnectorsService, ref: ConnectorRef): typeof fetch {
  return (connectors as Replaceable).fetchFor?.(ref) ?? (() => rejectCall('fetchFor'));
}

/**
 * Returns the `HttpService` of a connector. For a mock without the method, returns a service that rejects
 * with the remedy.
 *
 * @internal
 */
export async function getHttpService(
  connectors: ConnectorsService,
  ref: ConnectorRef,
): Promise<HttpService> {
  return (connectors as Replaceable).http?.(ref) ?? createRejectingHttpService();
}

async function createRejectingHttpService(): Promise<HttpService> {
  const { HttpService } = await NestAxios.load();
  return new HttpService(axios.create({ adapter: () => rejectCall('http') }));
}

async function rejectCall(method: string): Promise<never> {
  throw new ConnectorsConfigurationError(
    `The mock of ConnectorsService has no method ${method}(), so it sends no request. ` +
      'Add the method, or import ConnectorsTestingModule instead of the mock.',
  );
}
