import { Inject, Injectable } from '@nestjs/common';
import { ConnectionResolver } from '../connections/connection.resolver.js';
import { RequiredConnectors } from '../discovery/required-connectors.js';
import { isConnectorsError } from '../errors/connectors.error.js';
import type { ConnectorsErrorCode } from '../errors/error-code.js';
import { ConnectionStates } from '../telemetry/connection-states.js';
import { Telemetry } from '../telemetry/telemetry.js';
import {
  type AuthorizedRequest,
  type ProviderResponse,
  sendAuthorized,
} from './authorized-request.js';
import { ThrottlingRetryPolicy } from './throttling-retry.policy.js';

const PROVIDER_CODES: readonly ConnectorsErrorCode[] = [
  'CONNECTOR_REAUTHORIZATION_REQUIRED',
  'CONNECTOR_SCOPE_MISSING',
];

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
    request: Omit<AuthorizedRequest<Response>, 'findDependents' | 'onAccepted'>,
  ): Promise<Response['response']> {
    const { connectionRequest, method, signal } = request;
    const { connector } = connectionRequest;
    let sentToken: string | undefined;
    try {
      return await this.telemetry.traceCall(connector, method, async () => {
        const { response } = await sendAuthorized(this.resolver, this.throttling, {
          ...request,
          send: (connection) => {
            sentToken = connection.accessToken;
            return request.send(connection);
          },
          findDependents: () => this.required.findDependents(connector),
          onAccepted: () => {
            this.states.recordAcceptance(connectionRequest);
          },
        });
        return response;
      });
    } catch (error) {
      // The reason of an abort may be the error of another connector.
      if (!signal.aborted && isOfProvider(error)) {
        this.states.recordFailure(connectionRequest, error, sentToken);
      }
      throw error;
    }
  }
}

/** Returns whether the provider caused an error. The lookup itself records the errors of Base44. */
function isOfProvider(error: unknown): boolean {
  return isConnectorsError(error) && PROVIDER_CODES.includes(error.code);
}
