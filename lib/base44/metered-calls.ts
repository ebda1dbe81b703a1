import { parseApiRequest } from './connector-api-request.parser.js';
import type { ServiceRoleClient } from './service-role.client.js';
import type { IdentitySource } from '../identity/identity.source.js';
import type {
  ConnectorApiRequest,
  ConnectorApiResponse,
} from '../interfaces/connector-api.interface.js';
import { isSafeToRetry } from '../resilience/retryable.js';
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
    actor: IdentitySource,
    signal: AbortSignal | undefined,
  ): Promise<ConnectorApiResponse> {
    const checked = parseApiRequest(request);
    const identity = actor.identity();
    return this.#policy.execute({
      connector: integrationType,
      identity,
      signal,
      isRetryable: isSafeToRetry,
      usesFullDeadline: true,
      attempt: (abort) => this.#client.callApi(integrationType, checked, identity, abort),
    });
  }
}
