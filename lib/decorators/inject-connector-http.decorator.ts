import { getConnectorHttpToken } from '../connectors.tokens.js';
import type { ConnectorRef } from '../interfaces/connector.interface.js';
import { createInjectDecorator } from './inject-connector.decorator.js';

/**
 * Injects the `HttpService` of a connector, which `ConnectorsModule.forFeature()` registers. It has
 * its own axios instance, and attaches the access token of the current identity to each request.
 *
 * @throws `InvalidConnectorError` where it is applied, when the connector is malformed
 * @example
 * constructor(@InjectConnectorHttp('slack') private readonly slack: HttpService) {}
 *
 * @publicApi
 */
export function InjectConnectorHttp(
  connector: ConnectorRef,
  { instance }: { readonly instance?: string | undefined } = {},
): PropertyDecorator & ParameterDecorator {
  const token = getConnectorHttpToken(connector, instance);
  return createInjectDecorator({ token, connector, isOptional: false, instance });
}
