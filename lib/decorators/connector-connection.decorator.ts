import { connectorParameter } from './connector-parameter.decorator.js';
import type { ConnectorParameterOptions } from '../interfaces/connector-parameter-options.interface.js';
import type { ConnectorConnection as Connection } from '../interfaces/connector-connection.interface.js';
import type { ConnectorRef } from '../interfaces/connector.interface.js';

/**
 * Gives a handler's parameter the whole connection of a connector, like `@ConnectorToken` its token.
 *
 * @throws `ConnectorsConfigurationError` where it is applied, when the connector is not well-formed
 * @example
 * list(@ConnectorConnection('zendesk') { accessToken, connectionConfig }: ConnectorConnection) {}
 *
 * @publicApi
 */
export function ConnectorConnection(
  connector: ConnectorRef,
  options?: ConnectorParameterOptions,
): ParameterDecorator {
  return connectorParameter(
    'ConnectorConnection',
    connector,
    options,
    (connectors, { connector: ref }) => connectors.getConnection(ref),
  );
}

/** The connection that the parameter gets. */
export type ConnectorConnection = Connection;
