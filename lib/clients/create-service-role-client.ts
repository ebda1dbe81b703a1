import { ServiceTokenSource } from '../identity/service-token.source.js';
import type { ConnectorsOptions } from '../options/connectors.options.js';
import { createBase44Http } from './base44-http.js';
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
  return 'client' in serviceRole
    ? new SdkServiceRoleClient(serviceRole.client, appId)
    : new HttpServiceRoleClient(
        createBase44Http(options),
        new ServiceTokenSource(serviceRole.serviceToken),
      );
}
