import { Inject, Injectable } from '@nestjs/common';
import type { CurrentIdentity } from '../identity/identity.source.js';
import type {
  ConnectorApiRequest,
  ConnectorApiResponse,
} from '../interfaces/connector-api.interface.js';
import { ResiliencePolicy } from '../resilience/resilience.policy.js';
import { isSafeToRetry } from '../resilience/retryable.js';
import { parseApiRequest } from './connector-api-request.parser.js';
import { ServiceRoleClient } from './service-role.client.js';

/**
 * Calls the APIs of metered connectors through Base44's proxy.
 *
 * @internal
 */
@Injectable()
export class MeteredCalls {
  constructor(
    @Inject(ServiceRoleClient) private readonly client: ServiceRoleClient,
    @Inject(ResiliencePolicy) private readonly policy: ResiliencePolicy,
  ) {}

  /**
   * Sends a metered call.
   *
   * @throws `InvalidRequestError` when the proxy does not accept the request
   */
  async call<T>(
    integrationType: string,
    request: ConnectorApiRequest,
    identitySource: CurrentIdentity,
    signal: AbortSignal | undefined,
  ): Promise<ConnectorApiResponse<T>> {
    const parsed = parseApiRequest(request, integrationType);
    const identity = identitySource.getIdentity();
    const response = await this.policy.execute({
      connector: integrationType,
      kind: 'integrationType',
      operation: 'callApi',
      identity,
      signal,
      isRetryable: isSafeToRetry,
      usesFullDeadline: true,
      attempt: (attemptSignal) =>
        this.client.callApi(integrationType, parsed, identity, attemptSignal),
    });
    return response as ConnectorApiResponse<T>;
  }
}
