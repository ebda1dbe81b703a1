import type { ConnectorParameterOptions } from '../interfaces/connector-parameter-options.interface.js';
import type { ConnectorRef } from '../interfaces/connector.interface.js';
import { createConnectorDecorator } from './connector-parameter.decorator.js';
import { getFetch } from './replaced-service.js';
import { requireConnection } from './require-connection.js';

/**
 * Injects a standard `fetch` of a connector into a handler's parameter: `ConnectorsService.fetchFor()`,
 * bound to the sender of the current request. Pass it to SDK clients and queues. With `optional: true`
 * it injects `null` when the connector is not connected.
 *
 * @throws `ConnectorsConfigurationError` where it is applied, when the connector or the options are invalid
 * @example
 * list(@ConnectorFetch('github') github: typeof fetch) {
 *   return new Octokit({ request: { fetch: github } }).request('GET /user/repos');
 * }
 *
 * @publicApi
 */
export function ConnectorFetch(
  connector: ConnectorRef,
  options?: ConnectorParameterOptions,
): ParameterDecorator {
  return createConnectorDecorator(
    'ConnectorFetch',
    connector,
    options,
    async (connectors, { connector: ref, optional }) => {
      if (optional) await requireConnection(connectors, ref);
      return getFetch(connectors, ref);
    },
    { needsToken: false },
  );
}
