import { connectorParameter } from './connector-parameter.decorator.js';
import type { ConnectorParameterOptions } from '../interfaces/connector-parameter-options.interface.js';
import type { ConnectorConnection } from '../interfaces/connector-connection.interface.js';
import type { ConnectorRef } from '../interfaces/connector.interface.js';

/**
 * Gives a handler's parameter the access token of a connector, in HTTP controllers,
 * GraphQL resolvers, WebSocket gateways and message handlers.
 *
 * @throws `ConnectorsConfigurationError` where it is applied, when the connector is not well-formed
 * @example
 * list(@ConnectorToken('googlecalendar') token: string) {}
 * maybe(@ConnectorToken('slack', { optional: true }) token: string | null) {}
 *
 * @publicApi
 */
export function ConnectorToken(
  connector: ConnectorRef,
  options?: ConnectorParameterOptions,
): ParameterDecorator {
  return connectorParameter(
    'ConnectorToken',
    connector,
    options,
    (connectors, { connector: ref }) => connectors.getConnection(ref).then(accessTokenOf),
  );
}

function accessTokenOf({ accessToken }: ConnectorConnection): string {
  return accessToken;
}
