import { parseConnectorRef } from './common/connector-ref.parser.js';
import { ConnectorsService } from './connectors.service.js';
import type { ConnectorRef } from './interfaces/connector.interface.js';

/**
 * The injection token of an instance of `ConnectorsService`, to override it in a test, say.
 *
 * @param name - as given to `ConnectorsModule`; left out: the default instance
 * @publicApi
 */
export function getConnectorsToken(name?: string): typeof ConnectorsService | string {
  return name === undefined ? ConnectorsService : `ConnectorsService(${name})`;
}

/**
 * The injection token of the `HttpService` of a connector, as `ConnectorsModule.forFeature()`
 * registers it, to override it in a test, say.
 *
 * @param instance - the name given to `ConnectorsModule`; left out: the default instance
 * @throws `InvalidConnectorError` when the connector is not well-formed
 * @publicApi
 */
export function getConnectorHttpToken(connector: ConnectorRef, instance?: string): string {
  const { kind, id } = parseConnectorRef(connector);
  const name = kind === 'integrationType' ? id : `${kind}: ${id}`;
  return `ConnectorHttp(${instance === undefined ? '' : `${instance}, `}${name})`;
}
