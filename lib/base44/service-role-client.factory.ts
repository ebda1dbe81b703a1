import { ServiceTokenSource } from '../identity/service-token.source.js';
import type { ConnectorsOptions } from '../options/connectors.options.js';
import { Base44Api } from './base44-api.js';
import { BrokerServiceRoleClient } from './broker-service-role.client.js';
import { DirectServiceRoleClient } from './direct-service-role.client.js';
import { SdkServiceRoleClient } from './sdk-service-role.client.js';
import type { ServiceRoleClient } from './service-role.client.js';

/**
 * Creates the client that the options select.
 *
 * @internal
 */
export function createServiceRoleClient(options: ConnectorsOptions): ServiceRoleClient {
  const { appId, serviceRole } = options;
  if ('client' in serviceRole) return new SdkServiceRoleClient(serviceRole.client, appId);
  const api = new Base44Api(options);
  return 'broker' in serviceRole
    ? new BrokerServiceRoleClient(api, serviceRole.broker)
    : new DirectServiceRoleClient(api, new ServiceTokenSource(serviceRole.serviceToken));
}
