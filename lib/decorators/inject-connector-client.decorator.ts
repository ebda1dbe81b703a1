import { getConnectorClientToken } from '../connectors.tokens.js';
import type { ConnectorRef } from '../interfaces/connector.interface.js';
import { createInjectDecorator } from './inject-connector.decorator.js';

/**
 * Injects the client of a provider's SDK that `client` of `ConnectorsModule.forFeature()` creates. It acts
 * for the service role without a user, also within a request, unless the declaration has
 * `clientIdentity: 'per-call'`. If only requests carry a service token, its calls reject with
 * `SERVICE_ROLE_REQUIRED`.
 *
 * To act for the sender of a request, use `@ConnectorClient()` in the handler, because the queues of
 * SDKs run a job of one user as part of another user's request.
 *
 * @throws `InvalidConnectorError` where it is applied, when the connector is malformed
 * @throws `ConnectorsConfigurationError` at startup, when the connector belongs to users and `clientIdentity` is not `'per-call'`
 * @example
 * constructor(@InjectConnectorClient('slack') private readonly slack: WebClient) {}
 *
 * @publicApi
 */
export function InjectConnectorClient(
  connector: ConnectorRef,
  { instance }: { readonly instance?: string | undefined } = {},
): PropertyDecorator & ParameterDecorator {
  const token = getConnectorClientToken(connector, instance);
  return createInjectDecorator({
    token,
    connector,
    isOptional: false,
    instance,
    needsToken: false,
  });
}
