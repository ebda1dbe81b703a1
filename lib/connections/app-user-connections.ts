import { Inject, Injectable } from '@nestjs/common';
import { type InitiatedConnection, ServiceRoleClient } from '../base44/service-role.client.js';
import { AppUserRequiredError, isNotConnectedError } from '../errors/connection.errors.js';
import type { ActingIdentity } from '../identity/acting-identity.js';
import { ResiliencePolicy } from '../resilience/resilience.policy.js';
import { isSafeToRetry, isTransient } from '../resilience/retryable.js';
import { ConnectionRequest } from './connection-request.js';
import { ConnectionInvalidator } from './connection.invalidator.js';

/**
 * Connects and disconnects the accounts of app users, and invalidates their cached connections.
 *
 * @internal
 */
@Injectable()
export class AppUserConnections {
  constructor(
    @Inject(ServiceRoleClient) private readonly client: ServiceRoleClient,
    @Inject(ResiliencePolicy) private readonly policy: ResiliencePolicy,
    @Inject(ConnectionInvalidator) private readonly invalidator: ConnectionInvalidator,
  ) {}

  async connect(connectorId: string, identity: ActingIdentity): Promise<InitiatedConnection> {
    requireUser(connectorId, identity);
    const initiated = await this.policy.execute({
      connector: connectorId,
      kind: 'appUserConnector',
      operation: 'connectAppUser',
      identity,
      isRetryable: isSafeToRetry,
      attempt: (signal) => this.client.connectAppUser(connectorId, identity, signal),
    });
    await this.#invalidate(connectorId, identity);
    return initiated;
  }

  async disconnect(connectorId: string, identity: ActingIdentity): Promise<void> {
    requireUser(connectorId, identity);
    let attempts = 0;
    try {
      await this.policy.execute({
        connector: connectorId,
        kind: 'appUserConnector',
        operation: 'disconnectAppUser',
        identity,
        isRetryable: isTransient,
        attempt: (signal) => {
          attempts += 1;
          return this.client.disconnectAppUser(connectorId, identity, signal);
        },
      });
    } catch (error) {
      // After a lost response, a retry finds that the first attempt succeeded.
      if (!(isNotConnectedError(error) && attempts > 1)) throw error;
    } finally {
      await this.#invalidate(connectorId, identity);
    }
  }

  #invalidate(id: string, identity: ActingIdentity): Promise<void> {
    const request = new ConnectionRequest({ kind: 'appUserConnector', id }, identity);
    return this.invalidator.invalidate(request);
  }
}

function requireUser(connector: string, { userToken }: ActingIdentity): void {
  if (userToken === undefined) throw new AppUserRequiredError({ connector });
}
