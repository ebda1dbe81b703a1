import type { HttpService } from '@nestjs/axios';
import type {
  ConnectorConnection,
  GetConnectionOptions,
} from './connector-connection.interface.js';
import type { ConnectorRef } from './connector.interface.js';

/**
 * Creates a client of a provider's SDK.
 *
 * @param fetch - a standard `fetch` of the connector, as of `ConnectorsService.fetchFor()`
 * @param connectors - for SDKs that take no `fetch`: `ConnectorsService`, with the identity of the client
 * @returns the client, or a promise of it
 * @example
 * (fetch) => new WebClient(undefined, { fetch })
 * (_, connectors) => createSlack7(connectors.http('slack'))
 *
 * @publicApi
 */
export type ConnectorClientFactory = (
  fetch: typeof globalThis.fetch,
  connectors: ClientConnectors,
) => object | Promise<object>;

/**
 * The methods of `ConnectorsService` that clients need, with the identity of the client.
 *
 * @publicApi
 */
export interface ClientConnectors {
  getConnection(
    connector: ConnectorRef,
    options?: GetConnectionOptions,
  ): Promise<ConnectorConnection>;
  fetchFor(connector: ConnectorRef): typeof globalThis.fetch;
  http(connector: ConnectorRef): HttpService;
  invalidate(connector?: ConnectorRef, rejectedToken?: string): Promise<void>;
}

/**
 * The identity of the clients that `@InjectConnectorClient()` injects.
 *
 * @publicApi
 */
export type ClientIdentity = 'service-role' | 'per-call';
