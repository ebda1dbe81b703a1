import { createConnectorDecorator } from './connector-parameter.decorator.js';
import type { ConnectorConnection as Connection } from '../interfaces/connector-connection.interface.js';
import type { ConnectorParameterOptions } from '../interfaces/connector-parameter-options.interface.js';
import type { ConnectorRef } from '../interfaces/connector.interface.js';
import { createConnectionFactory } from './param.factory.js';

/**
 * Injects the connection of a connector into a handler's parameter. It works in the same
 * handlers as `@ConnectorToken()`. With `optional: true` it injects `null` when the
 * connector is not connected.
 *
 * @throws `ConnectorsConfigurationError` where it is applied, when the connector or the options are invalid
 * @example
 * list(@ConnectorConnection('zendesk') { accessToken, connectionConfig }: ConnectorConnection) {}
 *
 * @publicApi
 */
export function ConnectorConnection(
  connector: ConnectorRef,
  options?: ConnectorParameterOptions,
): ParameterDecorator {
  return createConnectorDecorator(
    'ConnectorConnection',
    connector,
    options,
    createConnectionFactory((connection) => connection),
  );
}

/**
 * The type of the parameter that `@ConnectorConnection()` decorates.
 *
 * @publicApi
 */
export type ConnectorConnection = Connection;
