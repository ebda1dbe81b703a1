import type { IdentitySource } from '../identity/identity.source.js';
import type {
  ConnectorApiRequest,
  ConnectorApiResponse,
} from '../interfaces/connector-api.interface.js';
import type { ResiliencePolicy } from '../resilience/resilience.policy.js';
import { isSafeToRetry } from '../resilience/retryable.js';
import { parseApiRequest } from './connector-api-request.parser.js';
import type { ServiceRoleClient } from './service-role.client.js';

/**
 * Calls the APIs of metered connectors through Base44's proxy.
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

  /**
   * Sends a request to the API of a metered connector.
   *
   * @throws `InvalidRequestError` when the request is malformed
   */
  async call(
    integrationType: string,
    request: ConnectorApiRequest,
    identitySource: IdentitySource,
    signal: AbortSignal | undefined,
  ): Promise<ConnectorApiResponse> {
    const parsed = parseApiRequest(request);
    const identity = identitySource.identity();
    return this.#policy.execute({
      connector: integrationType,
      identity,
      signal,
      isRetryable: isSafeToRetry,
      usesFullDeadline: true,
      attempt: (abort) => this.#client.callApi(integrationType, parsed, identity, abort),
    });
  }
}
