import type { ServiceRoleClient, InitiatedConnection } from '../base44/service-role.client.js';
import { AppUserRequiredError, ConnectorNotConnectedError } from '../errors/connection.errors.js';
import type { ActingIdentity } from '../identity/acting-identity.js';
import { isTransient, isSafeToRetry } from '../resilience/retryable.js';
import type { ResiliencePolicy } from '../resilience/resilience.policy.js';
import type { ConnectionResolver } from './connection.resolver.js';

/**
 * Lets users of the app connect accounts of their own, and end that. What was kept of
 * a connection is forgotten then.
 *
 * @internal
 */
export class AppUserConnections {
  readonly #client: ServiceRoleClient;
  readonly #policy: ResiliencePolicy;
  readonly #resolver: ConnectionResolver;

  constructor(client: ServiceRoleClient, policy: ResiliencePolicy, resolver: ConnectionResolver) {
    this.#client = client;
    this.#policy = policy;
    this.#resolver = resolver;
  }

  async connect(connectorId: string, identity: ActingIdentity): Promise<InitiatedConnection> {
    requireUser(connectorId, identity);
    const started = await this.#policy.execute({
      connector: connectorId,
      identity,
      isRetryable: isSafeToRetry,
      attempt: (abort) => this.#client.connectAppUser(connectorId, identity, abort),
    });
    await this.#forget(connectorId, identity);
    return started;
  }

  async disconnect(connectorId: string, identity: ActingIdentity): Promise<void> {
    requireUser(connectorId, identity);
    let attempts = 0;
    try {
      await this.#policy.execute({
        connector: connectorId,
        identity,
        isRetryable: isTransient,
        attempt: (abort) => {
          attempts += 1;
          return this.#client.disconnectAppUser(connectorId, identity, abort);
        },
      });
    } catch (error) {
      // An attempt before, whose answer was lost, has ended it.
      if (!(error instanceof ConnectorNotConnectedError && attempts > 1)) throw error;
    } finally {
      await this.#forget(connectorId, identity);
    }
  }

  #forget(id: string, identity: ActingIdentity): Promise<void> {
    return this.#resolver.invalidate({ kind: 'appUserConnector', id }, identity);
  }
}

function requireUser(connector: string, { userToken }: ActingIdentity): void {
  if (userToken === undefined) throw new AppUserRequiredError({ connector });
}
