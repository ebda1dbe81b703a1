import type { ConnectorParameterOptions } from '../interfaces/connector-parameter-options.interface.js';
import type { ConnectorRef } from '../interfaces/connector.interface.js';
import { connectorParameter } from './connector-parameter.decorator.js';
import { copyHttpService } from '../provider-client/axios/http-service.factory.js';

/**
 * Gives a handler's parameter the `HttpService` of a connector, for this request: it acts for whoever
 * sent it, and what is added to its interceptors and defaults stays with it. With `optional: true`
 * it is `null` when the connector is not connected.
 *
 * @throws `ConnectorsConfigurationError` where it is applied, when the connector is not well-formed
 * @example
 * list(@ConnectorHttp('googlecalendar') http: HttpService) {}
 *
 * @publicApi
 */
export function ConnectorHttp(
  connector: ConnectorRef,
  options?: ConnectorParameterOptions,
): ParameterDecorator {
  return connectorParameter(
    'ConnectorHttp',
    connector,
    options,
    async (connectors, { connector: ref, optional }) => {
      if (optional) await connectors.getConnection(ref);
      return copyHttpService(connectors.http(ref));
    },
  );
}
