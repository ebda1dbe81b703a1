import type { HttpService } from '@nestjs/axios';
import { Inject, Injectable } from '@nestjs/common';
import { MeteredCalls } from './base44/metered-calls.js';
import {
  parseConnectorId,
  parseConnectorRef,
  parseIntegrationType,
} from './common/connector-ref.parser.js';
import { AppUserConnections } from './connections/app-user-connections.js';
import { ConnectionRequest } from './connections/connection-request.js';
import { ConnectionInvalidator } from './connections/connection.invalidator.js';
import { ConnectionResolver } from './connections/connection.resolver.js';
import { ConnectorStatuses } from './connections/connector-statuses.js';
import { RequiredConnectors } from './discovery/required-connectors.js';
import { AppUserConflictError } from './errors/app-user-conflict.error.js';
import { IdentitySource } from './identity/identity.source.js';
import type {
  CallApiOptions,
  ConnectorApiRequest,
  ConnectorApiResponse,
} from './interfaces/connector-api.interface.js';
import type {
  ConnectorConnection,
  GetConnectionOptions,
} from './interfaces/connector-connection.interface.js';
import type {
  ConnectorFetchInit,
  ProviderAddress,
} from './interfaces/connector-feature.interface.js';
import type { ConnectorFetchOptions } from './interfaces/connector-fetch-options.interface.js';
import type { ConnectorIntegrationType, ConnectorRef } from './interfaces/connector.interface.js';
import { ProviderClient } from './provider-client/provider.client.js';
import { RefusalCache } from './resilience/refusal.cache.js';
import { ConnectorEvents } from './telemetry/connector-events.js';

const MAX_REQUESTS = 1_000;

/**
 * The implementation of `ConnectorsService`. A bound copy has its own identity source, and shares all
 * other parts.
 *
 * @internal
 */
@Injectable()
export class ConnectorsCore {
  /** The validated requests of the configured identity, cached because most calls repeat one. */
  readonly #requests = new Map<string, ConnectionRequest>();

  constructor(
    @Inject(ConnectionResolver) private readonly resolver: ConnectionResolver,
    @Inject(ConnectionInvalidator) private readonly invalidator: ConnectionInvalidator,
    @Inject(AppUserConnections) private readonly appUsers: AppUserConnections,
    @Inject(MeteredCalls) private readonly metered: MeteredCalls,
    @Inject(ProviderClient) private readonly providers: ProviderClient,
    @Inject(RequiredConnectors) readonly required: RequiredConnectors,
    @Inject(RefusalCache) private readonly refusals: RefusalCache,
    @Inject(ConnectorEvents) readonly events: ConnectorEvents,
    @Inject(ConnectorStatuses) readonly statuses: ConnectorStatuses,
    @Inject(IdentitySource) private readonly identitySource: IdentitySource,
  ) {}

  forRequest(request: object): ConnectorsCore {
    return this.#withIdentity(this.identitySource.forRequest(request));
  }

  asUser(userToken: string): ConnectorsCore {
    return this.#withIdentity(this.identitySource.asUser(userToken));
  }

  /** Returns the connection, without a promise when it is cached. */
  lookUp(ref: ConnectorRef): ConnectorConnection | Promise<ConnectorConnection> {
    const request = this.#toRequest(ref);
    return this.resolver.getServable(request)?.connection ?? this.resolver.resolve(request);
  }

  /** Returns a promise of the connection: the same one while it is cached. */
  resolve(ref: ConnectorRef, options?: GetConnectionOptions): Promise<ConnectorConnection> {
    try {
      const request = this.#toRequest(ref);
      if (options?.fresh) this.#forgetRefusals(request);
      return this.resolver.resolve(request, options);
    } catch (error) {
      return rejectWith(error);
    }
  }

  async callApi<T>(
    integrationType: ConnectorIntegrationType,
    request: ConnectorApiRequest,
    { signal }: CallApiOptions,
  ): Promise<ConnectorApiResponse<T>> {
    const id = parseIntegrationType(integrationType);
    return this.metered.call<T>(id, request, this.identitySource, signal);
  }

  async fetch(
    ref: ConnectorRef,
    url: string | URL | Request,
    init: ConnectorFetchInit | undefined,
  ): Promise<Response> {
    return this.providers.fetch(parseConnectorRef(ref), this.identitySource, url, init);
  }

  fetchFor(ref: ConnectorRef, options: ConnectorFetchOptions): typeof fetch {
    return this.providers.fetchFor(parseConnectorRef(ref), this.identitySource, options);
  }

  http(ref: ConnectorRef, address: ProviderAddress): HttpService {
    return this.providers.http(parseConnectorRef(ref), this.identitySource, address);
  }

  runAs<T>(userToken: string | undefined, work: () => T): T {
    return this.identitySource.runAs(userToken, work);
  }

  async connectAppUser(connectorId: string): Promise<string> {
    const id = parseConnectorId(connectorId);
    const identity = this.identitySource.getIdentity();
    const { redirectUrl } = await this.appUsers.connect(id, identity);
    if (redirectUrl !== null) return redirectUrl;
    throw new AppUserConflictError('ALREADY_CONNECTED', { appId: identity.appId, connector: id });
  }

  async disconnectAppUser(connectorId: string): Promise<void> {
    const id = parseConnectorId(connectorId);
    await this.appUsers.disconnect(id, this.identitySource.getIdentity());
  }

  async invalidate(ref?: ConnectorRef, rejectedToken?: string): Promise<void> {
    if (ref === undefined) {
      this.refusals.clear();
      return this.invalidator.invalidateAll();
    }
    const request = this.#toRequest(ref);
    if (rejectedToken === undefined) this.#forgetRefusals(request);
    await this.invalidator.invalidate(request, rejectedToken);
  }

  /**
   * Returns the request for a connector.
   *
   * @throws `InvalidConnectorError` when the connector is malformed
   */
  #toRequest(ref: ConnectorRef): ConnectionRequest {
    if (typeof ref !== 'string' || !this.identitySource.isStatic) {
      return new ConnectionRequest(parseConnectorRef(ref), this.identitySource.getIdentity());
    }
    const cached = this.#requests.get(ref);
    if (cached !== undefined) return cached;
    const request = new ConnectionRequest(
      parseConnectorRef(ref),
      this.identitySource.getIdentity(),
    );
    if (this.#requests.size === MAX_REQUESTS) this.#requests.clear();
    this.#requests.set(ref, request);
    return request;
  }

  /** Lets the next request for a connection ask Base44, although Base44 has refused one. */
  #forgetRefusals({ connector, identity }: ConnectionRequest): void {
    this.refusals.forget(connector.id, identity.userToken);
  }

  #withIdentity(identitySource: IdentitySource): ConnectorsCore {
    if (identitySource === this.identitySource) return this;
    return new ConnectorsCore(
      this.resolver,
      this.invalidator,
      this.appUsers,
      this.metered,
      this.providers,
      this.required,
      this.refusals,
      this.events,
      this.statuses,
      identitySource,
    );
  }
}

async function rejectWith(error: unknown): Promise<never> {
  throw error;
}
