import { parseConnectorRef } from './common/connector-ref.parser.js';
import { ConnectorsService } from './connectors.service.js';
import type { ConnectorRef } from './interfaces/connector.interface.js';

/**
 * Returns the injection token of an instance's `ConnectorsService`. Tests override the service with it.
 *
 * @param name - the `name` that `ConnectorsModule` is registered with, or nothing for the default instance
 * @publicApi
 */
export function getConnectorsToken(name?: string): typeof ConnectorsService | string {
  return name === undefined ? ConnectorsService : `ConnectorsService(${name})`;
}

/**
 * Returns the injection token of a connector's `HttpService`, which `ConnectorsModule.forFeature()`
 * registers. Tests override the `HttpService` with it.
 *
 * @param instance - the `name` that `ConnectorsModule` is registered with, or nothing for the default instance
 * @throws `InvalidConnectorError` when the connector is malformed
 * @publicApi
 */
export function getConnectorHttpToken(connector: ConnectorRef, instance?: string): string {
  return `ConnectorHttp(${toName(connector, instance)})`;
}

/**
 * Returns the injection token of a provider client, which `ConnectorsModule.forFeature()` registers for a
 * declaration with `client`. Tests override the client with it, also the client of `@ConnectorClient()`.
 *
 * @param instance - the `name` that `ConnectorsModule` is registered with, or nothing for the default instance
 * @throws `InvalidConnectorError` when the connector is malformed
 * @publicApi
 */
export function getConnectorClientToken(connector: ConnectorRef, instance?: string): string {
  return `ConnectorClient(${toName(connector, instance)})`;
}

/**
 * Returns the injection token of the source from which `@ConnectorClient()` gets clients.
 *
 * @throws `InvalidConnectorError` when the connector is malformed
 * @internal
 */
export function getClientSourceToken(connector: ConnectorRef, instance?: string): string {
  return `ConnectorClientSource(${toName(connector, instance)})`;
}

function toName(connector: ConnectorRef, instance: string | undefined): string {
  const { kind, id } = parseConnectorRef(connector);
  const name = kind === 'integrationType' ? id : `${kind}: ${id}`;
  return instance === undefined ? name : `${instance}, ${name}`;
}
