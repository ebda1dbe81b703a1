import { parseApiRequest } from '../clients/connector-api.request.js';
import type { ServiceRoleClient } from '../clients/service-role.client.js';
import type { Actor } from '../identity/actor.js';
import type {
  ConnectorApiRequest,
  ConnectorApiResponse,
} from '../interfaces/connector-api.interface.js';
import { isUnexecuted } from '../resilience/repeatable.js';
import type { ResiliencePolicy } from '../resilience/resilience.policy.js';

/**
 * Lets Base44 call the APIs of metered connectors.
 *
 * @internal
 */
export class MeteredCalls {
  readonly #client: ServiceRoleClient;
  readonly #policy: ResiliencePolicy;

  constructor(client: ServiceRoleClient, policy: ResiliencePolicy) {
    this.#client = client;
    this.#policy = policy;
  }

  /** @throws `InvalidRequestError` when the request is not one for the proxy */
  async call(
    integrationType: string,
    request: ConnectorApiRequest,
    actor: Actor,
    signal: AbortSignal | undefined,
  ): Promise<ConnectorApiResponse> {
    const checked = parseApiRequest(request);
    const identity = actor.identity();
    return this.#policy.execute({
      connector: integrationType,
      identity,
      signal,
      isRepeatable: isUnexecuted,
      isPatient: true,
      attempt: (abort) => this.#client.callApi(integrationType, checked, identity, abort),
    });
  }
}
