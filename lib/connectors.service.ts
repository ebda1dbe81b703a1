import { Inject, Injectable } from '@nestjs/common';
import { parseApiRequest } from './clients/connector-api.request.js';
import { ServiceRoleClient } from './clients/service-role.client.js';
import { AppUserConnections } from './connections/app-user-connections.js';
import { ConnectionResolver } from './connections/connection.resolver.js';
import {
  parseConnectorId,
  parseConnectorRef,
  parseIntegrationType,
} from './connections/connector-ref.parser.js';
import { Actor } from './identity/actor.js';
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
 * It acts for whoever sent the request that is being handled, as far as the option `request`
 * says so, and else as the service role of the options. Every method rejects with a
 * `ConnectorsError`, and none throws synchronously.
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
    @Inject(AppUserConnections) private readonly appUsers: AppUserConnections,
    @Inject(Actor) private readonly actor: Actor,
  ) {}

  /**
   * The access token of an integration type, in the shape of Base44's API.
   *
   * @throws `InvalidConnectorError` when the type is missing, not a string or not well-formed
   * @throws `ConnectorNotConnectedError` when the app has no such connection
   * @throws `ConnectorMeteredError` when the connector is metered: use `callApi`
   * @throws `ServiceRoleRequiredError`, `ServiceRoleRejectedError` when the service token is missing or refused
   * @throws `UntrustedRequestError`, `InvalidRequestError` when the request that is being handled says what it may not
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
    const isPlain = options === undefined && this.actor.isFixed;
    const kept = isPlain ? this.resolver.peek(connector) : undefined;
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
    const identity = this.actor.identity();
    return this.resolver.resolve({ kind: 'workspaceConnector', id }, identity, options);
  }

  /**
   * The connection that the app's signed-in user has made with an app-user connector.
   *
   * @throws `AppUserRequiredError` when nobody is signed in, or Base44 does not accept their session
   * @throws `ConnectorNotConnectedError` when the user has not connected it: see {@link connectAppUser}
   * @throws the errors of {@link getAccessToken}
   */
  async getCurrentAppUserConnection(
    connectorId: string,
    options?: GetConnectionOptions,
  ): Promise<ConnectorConnection> {
    const id = parseConnectorId(connectorId);
    const identity = this.actor.identity();
    return this.resolver.resolve({ kind: 'appUserConnector', id }, identity, options);
  }

  /**
   * Begins to connect an account of the signed-in user. When they come back, ask for their
   * connection with `fresh: true`: Base44 tells nobody.
   *
   * @returns the URL to send the user to, where they approve
   * @throws `AppUserRequiredError` when nobody is signed in, or Base44 does not accept their session
   * @throws the errors of {@link getAccessToken}
   */
  async connectAppUser(connectorId: string): Promise<string> {
    const id = parseConnectorId(connectorId);
    const { redirectUrl } = await this.appUsers.connect(id, this.actor.identity());
    return redirectUrl;
  }

  /**
   * Ends the connection of the signed-in user, and forgets it.
   *
   * @throws `AppUserRequiredError` when nobody is signed in, or Base44 does not accept their session
   * @throws `ConnectorNotConnectedError` when there is none
   * @throws the errors of {@link getAccessToken}
   */
  async disconnectAppUser(connectorId: string): Promise<void> {
    const id = parseConnectorId(connectorId);
    await this.appUsers.disconnect(id, this.actor.identity());
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
    const identity = this.actor.identity();
    const response = await this.policy.execute({
      connector: id,
      identity,
      signal,
      isRepeatable: isUnexecuted,
      isPatient: true,
      attempt: (abort) => this.client.callApi(id, checked, identity, abort),
    });
    return response as ConnectorApiResponse<T>;
  }

  /**
   * Forgets the connection of one connector, as it is kept for whoever acts here, or all that
   * are kept for anybody, so that the next call asks Base44.
   *
   * @throws `InvalidConnectorError` when a connector is named that is not well-formed
   */
  async invalidate(connector?: ConnectorRef): Promise<void> {
    if (connector === undefined) return this.resolver.invalidateAll();
    await this.resolver.invalidate(parseConnectorRef(connector), this.actor.identity());
  }

  /**
   * The same service, acting for whoever sent a request: for code that Nest does not call,
   * or that has a request at hand. Without the option `request` it acts as this one.
   *
   * @param request - of Express, Fastify, Node.js or Fetch, or the handshake of a WebSocket
   */
  forRequest(request: object): ConnectorsService {
    const actor = this.actor.ofRequest(request);
    return actor === this.actor ? this : this.#actingAs(actor);
  }

  /**
   * The same service, acting for a user of the app.
   *
   * @param userToken - the token that Base44 gave the user; `''`: for nobody
   */
  asAppUser(userToken: string): ConnectorsService {
    return this.#actingAs(this.actor.asUser(userToken));
  }

  #actingAs(actor: Actor): ConnectorsService {
    return new ConnectorsService(this.resolver, this.client, this.policy, this.appUsers, actor);
  }

  async #resolve(
    connector: ConnectorRef,
    options?: GetConnectionOptions,
  ): Promise<ConnectorConnection> {
    return this.resolver.resolve(parseConnectorRef(connector), this.actor.identity(), options);
  }
}
