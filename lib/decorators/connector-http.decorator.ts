import type { HttpService } from '@nestjs/axios';
import { createConnectorDecorator } from './connector-parameter.decorator.js';
import type { ConnectorParameterOptions } from '../interfaces/connector-parameter-options.interface.js';
import type { ConnectorRef } from '../interfaces/connector.interface.js';
import { copyHttpService } from '../provider-client/axios/http-service.factory.js';
import { getHttpService } from './replaced-service.js';

/**
 * Injects the `HttpService` of a connector into a handler's parameter. The service acts for the
 * sender of the current request, and it is a copy, so its interceptors and defaults affect only
 * this request. With `optional: true` it injects `null` when the connector is not connected.
 *
 * @throws `ConnectorsConfigurationError` where it is applied, when the connector or the options are invalid
 * @example
 * list(@ConnectorHttp('googlecalendar') http: HttpService) {}
 *
 * @publicApi
 */
export function ConnectorHttp(
  connector: ConnectorRef,
  options?: ConnectorParameterOptions,
): ParameterDecorator {
  return createConnectorDecorator(
    'ConnectorHttp',
    connector,
    options,
    async (connectors, { connector: ref, optional }) => {
      if (optional) await connectors.getConnection(ref);
      const http = await getHttpService(connectors, ref);
      return isMock(http) ? http : copyHttpService(http);
    },
  );
}

/** A test may provide an object with the methods that its handler calls. */
function isMock(http: Partial<HttpService>): boolean {
  return http.axiosRef === undefined;
}
