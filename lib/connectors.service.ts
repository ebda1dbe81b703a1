import type { HttpService } from '@nestjs/axios';
import { Inject, Injectable } from '@nestjs/common';
import { AppUserConnections } from './connections/app-user-connections.js';
import { ConnectionResolver } from './connections/connection.resolver.js';
import {
  parseConnectorId,
  parseConnectorRef,
  parseIntegrationType,
} from './common/connector-ref.parser.js';
import { RequiredConnectors } from './discovery/required-connectors.js';
import { IdentitySource } from './identity/identity.source.js';
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
import type { ConnectorFetchInit } from './interfaces/connector-feature.interface.js';
import type { ConnectorRequirement } from './interfaces/connector-requirement.interface.js';
import type { ConnectorIntegrationType, ConnectorRef } from './interfaces/connector.interface.js';
import { ProviderClient } from './provider-client/provider.client.js';

/**
 * Gives the OAuth access tokens of the services that are connected in a Base44 app.
 *
 * It acts for whoever sent the request that is being handled, as far as the option `request`
 * says so, and else as the service role of the options. What returns a promise rejects with a
 * `ConnectorsError`, and does not throw synchronously.
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
    @Inject(AppUserConnections) private readonly appUsers: AppUserConnections,
    @Inject(ProviderClient) private readonly providers: ProviderClient,
    @Inject(RequiredConnectors) private readonly required: RequiredConnectors,
    @Inject(IdentitySource) private readonly actor: IdentitySource,
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
  async getAccessToken(
    integrationType: ConnectorIntegrationType,
  ): Promise<ConnectorAccessTokenResponse> {
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
    integrationType: ConnectorIntegrationType,
    request: ConnectorApiRequest,
    { signal }: CallApiOptions = {},
  ): Promise<ConnectorApiResponse<T>> {
    const id = parseIntegrationType(integrationType);
    const response = await this.providers.metered.call(id, request, this.actor, signal);
    return response as ConnectorApiResponse<T>;
  }

  /**
   * The standard `fetch`, with the connector's access token in `Authorization`, and at an origin
   * of the connector only: see `CONNECTORS` and `ConnectorsModule.forFeature()`.
   *
   * A 401 of the provider renews the token and sends the request once more; one with a
   * stream for a body cannot be sent again, so that its 401 is the answer. A redirect to another
   * origin is followed without the token. Base44 itself calls a metered connector, as far as its
   * proxy can: an API's first host, with a JSON body or none.
   *
   * @param url - absolute, or below the connector's base URL
   * @throws `OriginNotAllowedError` when the URL is none of the connector's
   * @throws `InvalidRequestError` when there is nothing that it is relative to, or it does not fit a metered connector
   * @throws `ConnectorReauthorizationRequiredError` when the provider refuses also a token that is new
   * @throws `TypeError`, the reason of `init.signal`: as `fetch` does
   * @throws the errors of {@link getAccessToken}
   * @example
   * const response = await connectors.fetch('googlecalendar', '/calendars/primary/events');
   */
  async fetch(
    connector: ConnectorRef,
    url: string | URL | Request,
    init?: ConnectorFetchInit,
  ): Promise<Response> {
    return this.providers.fetch(parseConnectorRef(connector), this.actor, url, init);
  }

  /**
   * The connector's `HttpService`, which does what {@link fetch} does, over axios: its own axios instance,
   * the same one for every caller, acting for whoever acts here. What `@InjectConnectorHttp()` injects.
   *
   * Requests reject with the errors of {@link fetch}, and with those of axios.
   *
   * @throws `InvalidConnectorError` when the connector is not well-formed
   * @throws `ConnectorMeteredError` when it is metered: use {@link callApi}
   * @throws `ConnectorsConfigurationError` when nothing is known of where its API is
   */
  http(connector: ConnectorRef): HttpService {
    return this.providers.http(parseConnectorRef(connector), this.actor);
  }

  /**
   * The connectors that the decorators of the application ask this instance for: those of handlers, and
   * `@InjectConnectorHttp()`. What services ask for by themselves is not known.
   */
  requirements(): readonly ConnectorRequirement[] {
    return this.required.list();
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

  #actingAs(actor: IdentitySource): ConnectorsService {
    return new ConnectorsService(
      this.resolver,
      this.appUsers,
      this.providers,
      this.required,
      actor,
    );
  }

  async #resolve(
    connector: ConnectorRef,
    options?: GetConnectionOptions,
  ): Promise<ConnectorConnection> {
    return this.resolver.resolve(parseConnectorRef(connector), this.actor.identity(), options);
  }
}
