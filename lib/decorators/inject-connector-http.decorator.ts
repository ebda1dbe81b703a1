import { Inject } from '@nestjs/common';
import { getConnectorHttpToken } from '../connectors.tokens.js';
import type { Class } from '../discovery/classes.js';
import { addInjectedConnector } from '../discovery/injected-connectors.js';
import type { ConnectorRef } from '../interfaces/connector.interface.js';

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
  const inject = Inject(token) as ParameterDecorator;
  return (...args: unknown[]) => {
    const [target, key, index] = args as Parameters<ParameterDecorator>;
    inject(target, key, index);
    const type = (typeof target === 'function' ? target : target.constructor) as Class;
    addInjectedConnector(type, { token, connector, isOptional: false, instance });
  };
}
