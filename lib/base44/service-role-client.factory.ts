import { ServiceTokenSource } from '../identity/service-token.source.js';
import type { ConnectorsOptions } from '../options/connectors.options.js';
import { Base44Api } from './base44-api.js';
import { createBase44Http } from './base44-http.js';
import { BrokerServiceRoleClient } from './broker-service-role.client.js';
import { HttpServiceRoleClient } from './http-service-role.client.js';
import { SdkServiceRoleClient } from './sdk-service-role.client.js';
import type { ServiceRoleClient } from './service-role.client.js';

/**
 * The client that the options ask for.
 *
 * @internal
 */
export function createServiceRoleClient(options: ConnectorsOptions): ServiceRoleClient {
  const { appId, serviceRole } = options;
  if ('client' in serviceRole) return new SdkServiceRoleClient(serviceRole.client, appId);
  const api = new Base44Api(createBase44Http(options));
  return 'broker' in serviceRole
    ? new BrokerServiceRoleClient(api, serviceRole.broker)
    : new HttpServiceRoleClient(api, new ServiceTokenSource(serviceRole.serviceToken));
}
