import { Inject, Injectable } from '@nestjs/common';
import { parseApiRequest } from './clients/connector-api.request.js';
import { ServiceRoleClient } from './clients/service-role.client.js';
import { ConnectionResolver } from './connections/connection.resolver.js';
import {
  parseConnectorId,
  parseConnectorRef,
  parseIntegrationType,
} from './connections/connector-ref.parser.js';
import type {
  CallApiOptions,
  ConnectorApiRequest,
  ConnectorApiResponse,
} from './interfaces/connector-api.interface.js';
import type {
  ConnectorAccessTokenResponse,
  ConnectorConnection,
  GetConnectionOptions,
} from './interfaces/connector-connection.interface.js';
import type { ConnectorRef } from './interfaces/connector.interface.js';
import { isUnexecuted } from './resilience/repeatable.js';
import { ResiliencePolicy } from './resilience/resilience.policy.js';

/**
 * Gives the OAuth access tokens of the services that are connected in a Base44 app.
 *
 * Every method rejects with a `ConnectorsError`, and none throws synchronously.
 *
 * @example
 * constructor(private readonly connectors: ConnectorsService) {}
 *
 * async send() {
 *   const { access_token } = await this.connectors.getAccessToken('slack');
 * }
 *
 * @publicApi
 */
@Injectable()
export class ConnectorsService {
  constructor(
    @Inject(ConnectionResolver) private readonly resolver: ConnectionResolver,
    @Inject(ServiceRoleClient) private readonly client: ServiceRoleClient,
    @Inject(ResiliencePolicy) private readonly policy: ResiliencePolicy,
  ) {}

  /**
   * The access token of an integration type, in the shape of Base44's API.
   *
   * @throws `InvalidConnectorError` when the type is missing, not a string or not well-formed
   * @throws `ConnectorNotConnectedError` when the app has no such connection
   * @throws `ConnectorMeteredError` when the connector is metered: use `callApi`
   * @throws `ServiceRoleRequiredError`, `ServiceRoleRejectedError` when the service token is missing or refused
   * @throws `Base44RateLimitedError`, `Base44UnavailableError`, `UnexpectedResponseError` when Base44 gives no token
   */
  async getAccessToken(integrationType: string): Promise<ConnectorAccessTokenResponse> {
    const id = parseIntegrationType(integrationType);
    const { accessToken, connectionConfig } = await this.getConnection(id);
    return { access_token: accessToken, integration_type: id, connection_config: connectionConfig };
  }

  /**
   * The connection of a connector: its access token, and what else its URLs need.
   *
   * @throws the errors of {@link getAccessToken}
   */
  getConnection(
    connector: ConnectorRef,
    options?: GetConnectionOptions,
  ): Promise<ConnectorConnection> {
    const kept = options === undefined ? this.resolver.peek(connector) : undefined;
    return kept ?? this.#resolve(connector, options);
  }

  /**
   * The connection of a connector that the workspace registered with an OAuth app of its own.
   *
   * @throws the errors of {@link getAccessToken}
   */
  async getWorkspaceConnection(
    connectorId: string,
    options?: GetConnectionOptions,
  ): Promise<ConnectorConnection> {
    const id = parseConnectorId(connectorId);
    return this.resolver.resolve({ kind: 'workspaceConnector', id }, options);
  }

  /**
   * Lets Base44 call the API of a metered connector. A provider's own 4xx or 5xx
   * is an answer like any other, with `success: false`. The call is sent again only
   * when it was certainly not executed: nothing was sent, or Base44 answered 429.
   *
   * @throws `InvalidConnectorError`, `InvalidRequestError` before anything is sent
   * @throws `CreditsExhaustedError` when the workspace has no integration credits left
   * @throws the errors of {@link getAccessToken}
   */
  async callApi<T = unknown>(
    integrationType: string,
    request: ConnectorApiRequest,
    { signal }: CallApiOptions = {},
  ): Promise<ConnectorApiResponse<T>> {
    const id = parseIntegrationType(integrationType);
    const checked = parseApiRequest(request);
    const response = await this.policy.execute({
      connector: id,
      signal,
      isRepeatable: isUnexecuted,
      isPatient: true,
      attempt: (abort) => this.client.callApi(id, checked, abort),
    });
    return response as ConnectorApiResponse<T>;
  }

  /**
   * Forgets the kept connection of one connector, or all of them, so that the
   * next call asks Base44.
   *
   * @throws `InvalidConnectorError` when a connector is named that is not well-formed
   */
  async invalidate(connector?: ConnectorRef): Promise<void> {
    await this.resolver.invalidate(
      connector === undefined ? undefined : parseConnectorRef(connector),
    );
  }

  async #resolve(
    connector: ConnectorRef,
    options?: GetConnectionOptions,
  ): Promise<ConnectorConnection> {
    return this.resolver.resolve(parseConnectorRef(connector), options);
  }
}
