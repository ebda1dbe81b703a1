import type { HttpService } from '@nestjs/axios';
import { Inject, Injectable } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { createAccessTokenResponse } from './base44/access-token-response.js';
import { parseConnectorId, parseIntegrationType } from './common/connector-ref.parser.js';
import { ConnectorsCore } from './connectors.core.js';
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
import type { ConnectorEvent } from './interfaces/connector-event.interface.js';
import type {
  ConnectorFetchInit,
  ProviderAddress,
} from './interfaces/connector-feature.interface.js';
import type { ConnectorFetchOptions } from './interfaces/connector-fetch-options.interface.js';
import type { ConnectorRequirement } from './interfaces/connector-requirement.interface.js';
import type { ConnectorStatus, StatusOptions } from './interfaces/connector-status.interface.js';
import type { ConnectorIntegrationType, ConnectorRef } from './interfaces/connector.interface.js';
import type { RunAsIdentity } from './interfaces/run-as-identity.interface.js';

/**
 * Resolves the OAuth access tokens of the services that are connected in a Base44 app.
 *
 * Acts for the sender of the current request if the option `request` permits it, otherwise as the
 * configured service role. Methods that return a promise never throw synchronously. They reject with
 * the errors of {@link ConnectorsService.getAccessToken}, and with the errors that each one documents.
 *
 * @publicApi
 */
@Injectable()
export class ConnectorsService {
  readonly #core: ConnectorsCore;

  constructor(@Inject(ConnectorsCore) core: object) {
    this.#core = core as ConnectorsCore;
  }

  /**
   * Returns the access token of an integration type, in the shape of Base44's API. The method of the same
   * name in `@base44/sdk` returns a string. This object throws when it is used as a string.
   *
   * @throws `InvalidConnectorError` when the type is missing, not a string or malformed
   * @throws `ConnectorNotConnectedError` when the app has no such connection
   * @throws `ConnectorMeteredError` when the connector is metered: use {@link ConnectorsService.callApi}
   * @throws `ServiceRoleRequiredError`, `ServiceRoleRejectedError` when the service token is missing or rejected
   * @throws `UntrustedRequestError`, `InvalidRequestError` when the current request has untrusted or malformed headers
   * @throws `Base44RateLimitedError`, `Base44UnavailableError`, `UnexpectedResponseError` when Base44 returns no token
   */
  async getAccessToken(
    integrationType: ConnectorIntegrationType,
  ): Promise<ConnectorAccessTokenResponse> {
    const id = parseIntegrationType(integrationType);
    return createAccessTokenResponse(id, await this.getConnection(id));
  }

  /** Returns the connection of a connector: its access token, and the values that its URLs need. */
  getConnection(
    connector: ConnectorRef,
    options?: GetConnectionOptions,
  ): Promise<ConnectorConnection> {
    return this.#core.resolve(connector, options);
  }

  /** Returns the connection of a connector that the workspace registered with its own OAuth app. */
  getWorkspaceConnection(
    connectorId: string,
    options?: GetConnectionOptions,
  ): Promise<ConnectorConnection> {
    return this.getConnection({ workspaceConnector: connectorId }, options);
  }

  /**
   * Returns the connection of the app's signed-in user with an app-user connector.
   *
   * @throws `AppUserRequiredError` when no user is signed in, or Base44 rejects the session
   * @throws `ConnectorNotConnectedError` when the user has not connected it: see {@link ConnectorsService.connectAppUser}
   */
  getCurrentAppUserConnection(
    connectorId: string,
    options?: GetConnectionOptions,
  ): Promise<ConnectorConnection> {
    return this.getConnection({ appUserConnector: connectorId }, options);
  }

  /**
   * Returns the access token of {@link ConnectorsService.getCurrentAppUserConnection}, in the shape of
   * {@link ConnectorsService.getAccessToken}. The method of the same name in `@base44/sdk` returns a string.
   *
   * @deprecated Use {@link ConnectorsService.getCurrentAppUserConnection}, as in `@base44/sdk`.
   * @throws `AppUserRequiredError`, `ConnectorNotConnectedError`
   */
  async getCurrentAppUserAccessToken(connectorId: string): Promise<ConnectorAccessTokenResponse> {
    const id = parseConnectorId(connectorId);
    return createAccessTokenResponse(id, await this.getCurrentAppUserConnection(id));
  }

  /**
   * Initiates a connection of the signed-in user, and returns the URL of the consent page.
   * Base44 reports no result, so request the connection with `fresh: true` when the user returns.
   *
   * @throws `AppUserRequiredError` when no user is signed in, or Base44 rejects the session
   * @throws `AppUserConflictError` when Base44 has no consent page, because this or another user has connected
   * @throws `ConnectorNotConnectedError` when the connector is not registered in the workspace
   */
  async connectAppUser(connectorId: string): Promise<string> {
    return this.#core.connectAppUser(connectorId);
  }

  /**
   * Disconnects the account of the signed-in user, and invalidates its connection.
   *
   * @throws `AppUserRequiredError` when no user is signed in, or Base44 rejects the session
   * @throws `ConnectorNotConnectedError` when the user has not connected it
   */
  async disconnectAppUser(connectorId: string): Promise<void> {
    await this.#core.disconnectAppUser(connectorId);
  }

  /**
   * Calls the API of a metered connector through Base44. A 4xx or 5xx of the provider resolves with
   * `success: false`. Only a call that was certainly not executed is retried.
   *
   * @throws `InvalidConnectorError`, `InvalidRequestError` before anything is sent
   * @throws `CreditsExhaustedError` when the workspace has no integration credits left
   */
  async callApi<T = unknown>(
    integrationType: ConnectorIntegrationType,
    request: ConnectorApiRequest,
    options: CallApiOptions = {},
  ): Promise<ConnectorApiResponse<T>> {
    return this.#core.callApi<T>(integrationType, request, options);
  }

  /**
   * Sends a request like the standard `fetch`, with the connector's access token. The URL must have one
   * of the connector's origins (`CONNECTORS`, `ConnectorsModule.forFeature()`). After a 401, renews the
   * token and sends the request once more, unless its body is a stream. Follows redirects to other
   * origins without the token. Base44 sends the requests of metered connectors, with JSON bodies only.
   *
   * Not for queues and SDK clients, because they run jobs of one user as part of another user's request.
   * Pass {@link ConnectorsService.fetchFor} to them, or bind the job: `AsyncResource.bind(job)`.
   *
   * @param url - absolute, or relative to the connector's base URL
   * @throws `OriginNotAllowedError` when the URL is outside the connector's origins, or a relative URL has no base URL
   * @throws `InvalidRequestError` when an argument is malformed, or Base44 cannot send the request of a metered connector
   * @throws `ConnectorReauthorizationRequiredError` when the provider also rejects a new token
   * @throws `ConnectorScopeMissingError` when the provider says that the token lacks a scope
   * @throws `TypeError`, the reason of `init.signal`: like `fetch`
   * @example
   * const response = await connectors.fetch('googlecalendar', '/calendars/primary/events');
   * // A connector whose id is known at run time only:
   * await connectors.fetch({ workspaceConnector: id }, '/tickets', { baseURL: 'https://acme.zendesk.com/api/v2' });
   */
  async fetch(
    connector: ConnectorRef,
    url: string | URL | Request,
    init?: ConnectorFetchInit,
  ): Promise<Response> {
    return this.#core.fetch(connector, url, init);
  }

  /**
   * Returns a standard `fetch` of a connector, bound to the current identity: the sender of the request,
   * or the service role outside requests. It also renews the token for a `Request` with a small body.
   *
   * @throws `InvalidConnectorError`, `UntrustedRequestError`, `InvalidRequestError`, `OriginNotAllowedError`
   * @example
   * const slack = new WebClient(undefined, { fetch: connectors.fetchFor('slack') });
   */
  fetchFor(connector: ConnectorRef, options: ConnectorFetchOptions = {}): typeof fetch {
    return this.#core.fetchFor(connector, options);
  }

  /**
   * Returns the `HttpService` of a connector: {@link ConnectorsService.fetch} over its own axios instance.
   * `@InjectConnectorHttp()` injects the same service. Each request acts for its caller, and rejects
   * with the errors of {@link ConnectorsService.fetch} and of axios. Not for queues and SDK clients, except
   * the services of `@ConnectorHttp()`, {@link ConnectorsService.forRequest} and `asAppUser`.
   *
   * @param address - the address of the API of a connector whose id is known only at run time. With an
   * address, each call returns a new service.
   * @throws `InvalidConnectorError` when the connector is malformed
   * @throws `InvalidRequestError`, `OriginNotAllowedError` when the address is malformed, or outside the known address
   * @throws `ConnectorMeteredError` when it is metered: use {@link ConnectorsService.callApi}
   * @throws `ConnectorsConfigurationError` when the address of its API is unknown
   */
  http(connector: ConnectorRef, address: ProviderAddress = {}): HttpService {
    return this.#core.http(connector, address);
  }

  /**
   * Emits an event for each transition of a connection or of Base44, once in this process. Listeners run
   * outside of requests. The error of a listener is logged.
   */
  get events$(): Observable<ConnectorEvent> {
    return this.#core.events.events$;
  }

  /**
   * Returns the states of the connectors in {@link ConnectorsService.requirements}, as this process knows
   * them, and sends nothing. It does not reject because of a connector.
   *
   * @param options - `probe`: looks up the connections first, as a handler does. It asks Base44 only if
   * the cache has no fresh connection. App-user connectors have no state, because each user has their own.
   */
  async status(options?: StatusOptions): Promise<readonly ConnectorStatus[]> {
    return this.#core.statuses.list(options);
  }

  /** Returns the connectors that decorators of the application require of this instance. */
  requirements(): readonly ConnectorRequirement[] {
    return this.#core.required.list();
  }

  /**
   * Invalidates the cached connection of a connector for the current identity, or all connections.
   *
   * @param rejectedToken - evicts only this token, which the provider rejected; a newer one stays
   * @throws `InvalidConnectorError` when the connector is malformed
   */
  async invalidate(connector?: ConnectorRef, rejectedToken?: string): Promise<void> {
    await this.#core.invalidate(connector, rejectedToken);
  }

  /**
   * Returns the same service, bound to the sender of a request if the option `request` permits it.
   *
   * @param request - a request of Express, Fastify, Node.js or Fetch, or the handshake of a WebSocket
   */
  forRequest(request: object): ConnectorsService {
    const core = this.#core.forRequest(request);
    return core === this.#core ? this : new ConnectorsService(core);
  }

  /**
   * Returns the same service, bound to a user of the app.
   *
   * @param userToken - the token that Base44 issued; an empty string means anonymous
   */
  asAppUser(userToken: string): ConnectorsService {
    return new ConnectorsService(this.#core.asUser(userToken));
  }

  /**
   * Runs a job or other work as a user of the app, and returns its result. Singleton services act for the
   * user in everything that the work calls and awaits, as in a request. Subscribe to observables within it.
   *
   * @throws `InvalidRequestError` when the identity has no token
   *
   * @example
   * process(job: Job) { return this.connectors.runAs(job.data, () => this.digests.send()); }
   */
  runAs<T>(identity: RunAsIdentity, work: () => T): T {
    const { userToken } = { ...(identity as Partial<RunAsIdentity> | undefined) };
    return this.#core.runAs(userToken, work);
  }

  /** @internal */
  lookUp(connector: ConnectorRef): ConnectorConnection | Promise<ConnectorConnection> {
    return this.#core.lookUp(connector);
  }
}
