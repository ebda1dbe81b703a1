import { createConnectorDecorator } from './connector-parameter.decorator.js';
import type { ConnectorParameterOptions } from '../interfaces/connector-parameter-options.interface.js';
import type { ConnectorRef } from '../interfaces/connector.interface.js';
import { createConnectionFactory } from './param.factory.js';

/**
 * Injects the access token of a connector into a handler's parameter. It works in HTTP
 * controllers, GraphQL resolvers, WebSocket gateways and message handlers. With
 * `optional: true` it injects `null` when the connector is not connected.
 *
 * @throws `ConnectorsConfigurationError` where it is applied, when the connector or the options are invalid
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
  return createConnectorDecorator(
    'ConnectorToken',
    connector,
    options,
    createConnectionFactory(({ accessToken }) => accessToken),
  );
}
