import { Inject, Injectable } from '@nestjs/common';
import { ConnectionRequest } from '../connections/connection-request.js';
import { ConnectionResolver } from '../connections/connection.resolver.js';
import { RequiredConnectors } from '../discovery/required-connectors.js';
import { ConnectionStates } from '../telemetry/connection-states.js';
import { Telemetry } from '../telemetry/telemetry.js';
import {
  type AuthorizedRequest,
  type ProviderResponse,
  sendAuthorized,
} from './authorized-request.js';
import { ThrottlingRetryPolicy } from './throttling-retry.policy.js';

/**
 * Sends requests to providers, traces them, and records whether the provider accepts the token.
 *
 * @internal
 */
@Injectable()
export class AuthorizedSender {
  constructor(
    @Inject(ConnectionResolver) private readonly resolver: ConnectionResolver,
    @Inject(ThrottlingRetryPolicy) private readonly throttling: ThrottlingRetryPolicy,
    @Inject(Telemetry) private readonly telemetry: Telemetry,
    @Inject(ConnectionStates) private readonly states: ConnectionStates,
    @Inject(RequiredConnectors) private readonly required: RequiredConnectors,
  ) {}

  /** Sends a request. Throws the errors of {@link sendAuthorized}. */
  async send<Response extends ProviderResponse>(
    request: Omit<AuthorizedRequest<Response>, 'findDependents'>,
  ): Promise<Response['response']> {
    const { connector, identity, method } = request;
    const connection = new ConnectionRequest(connector, identity);
    try {
      const response = await this.telemetry.traceCall(connector, method, async () => {
        const { response } = await sendAuthorized(this.resolver, this.throttling, {
          ...request,
          findDependents: () => this.required.findDependents(connector),
        });
        return response;
      });
      if (response.status !== 401) this.states.recordAcceptance(connection);
      return response;
    } catch (error) {
      this.states.recordFailure(connection, error);
      throw error;
    }
  }
}
