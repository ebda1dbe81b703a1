import { ServiceTokenSource } from '../identity/service-token.source.js';
import type { ConnectorsOptions } from '../options/connectors.options.js';
import type { RefusalCache } from '../resilience/refusal.cache.js';
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
export function createServiceRoleClient(
  options: ConnectorsOptions,
  refusals: RefusalCache,
): ServiceRoleClient {
  const { appId, serviceRole } = options;
  if ('client' in serviceRole) return new SdkServiceRoleClient(serviceRole.client, refusals, appId);
  const api = new Base44Api(options);
  if ('broker' in serviceRole) {
    return new BrokerServiceRoleClient(api, refusals, serviceRole.broker);
  }
  const serviceToken = new ServiceTokenSource(serviceRole.serviceToken);
  return new DirectServiceRoleClient(api, refusals, serviceToken);
}
