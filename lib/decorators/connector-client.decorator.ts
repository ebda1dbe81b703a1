import type { ConnectorParameterOptions } from '../interfaces/connector-parameter-options.interface.js';
import type { ConnectorRef } from '../interfaces/connector.interface.js';
import { createClientPipe } from './connector-client.pipe.js';
import { createConnectorDecorator } from './connector-parameter.decorator.js';
import { requireConnection } from './require-connection.js';

/**
 * Injects a client of a provider's SDK into a handler's parameter. `client` of
 * `ConnectorsModule.forFeature()` creates it for this call, and it acts for the sender of the current
 * request. With `optional: true` it injects `null` when the connector is not connected.
 *
 * @throws `ConnectorsConfigurationError` where it is applied, when the connector or the options are invalid,
 * and at startup, when the handler's module imports no declaration with `client`
 * @example
 * // ConnectorsModule.forFeature([{ connector: 'slack', client: (fetch) => new WebClient(undefined, { fetch }) }])
 * announce(@ConnectorClient('slack') slack: WebClient) {}
 *
 * @publicApi
 */
export function ConnectorClient(
  connector: ConnectorRef,
  options?: ConnectorParameterOptions,
): ParameterDecorator {
  return createConnectorDecorator(
    'ConnectorClient',
    connector,
    options,
    async (connectors, { connector: ref, optional }) => {
      if (optional) await requireConnection(connectors, ref);
      return connectors;
    },
    { needsToken: false, createPipe: createClientPipe },
  );
}
