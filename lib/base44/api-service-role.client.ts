import type { OnApplicationShutdown } from '@nestjs/common';
import type { Identity } from '../interfaces/identity.interface.js';
import type { Base44Api } from './base44-api.js';
import { ServiceRoleClient, type InitiatedConnection } from './service-role.client.js';

/**
 * What the clients have in common that speak to Base44 themselves: users connect and
 * disconnect with their own tokens, whoever gives the service role.
 *
 * @internal
 */
export abstract class ApiServiceRoleClient
  extends ServiceRoleClient
  implements OnApplicationShutdown
{
  constructor(protected readonly api: Base44Api) {
    super();
  }

  connectAppUser(
    connectorId: string,
    identity: Identity,
    signal: AbortSignal,
  ): Promise<InitiatedConnection> {
    return this.api.connectAppUser(connectorId, identity, signal);
  }

  disconnectAppUser(connectorId: string, identity: Identity, signal: AbortSignal): Promise<void> {
    return this.api.disconnectAppUser(connectorId, identity, signal);
  }

  onApplicationShutdown(): void {
    this.api.close();
  }
}
