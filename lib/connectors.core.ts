import { Inject, Injectable } from '@nestjs/common';
import { MeteredCalls } from './base44/metered-calls.js';
import { parseConnectorRef } from './common/connector-ref.parser.js';
import { AppUserConnections } from './connections/app-user-connections.js';
import { ConnectionRequest } from './connections/connection-request.js';
import { ConnectionInvalidator } from './connections/connection.invalidator.js';
import { ConnectionResolver } from './connections/connection.resolver.js';
import { RequiredConnectors } from './discovery/required-connectors.js';
import { IdentitySource } from './identity/identity.source.js';
import type { ConnectorRef } from './interfaces/connector.interface.js';
import { ProviderClient } from './provider-client/provider.client.js';
import { RefusalCache } from './resilience/refusal.cache.js';

const MAX_REQUESTS = 1_000;

/**
 * The parts of a `ConnectorsService`. All but the identity source are those of its module.
 *
 * @internal
 */
@Injectable()
export class ConnectorsCore {
  /** The validated requests of the configured identity, cached because most calls repeat one. */
  readonly #requests = new Map<string, ConnectionRequest>();

  constructor(
    @Inject(ConnectionResolver) readonly resolver: ConnectionResolver,
    @Inject(ConnectionInvalidator) readonly invalidator: ConnectionInvalidator,
    @Inject(AppUserConnections) readonly appUsers: AppUserConnections,
    @Inject(MeteredCalls) readonly metered: MeteredCalls,
    @Inject(ProviderClient) readonly providers: ProviderClient,
    @Inject(RequiredConnectors) readonly required: RequiredConnectors,
    @Inject(RefusalCache) readonly refusals: RefusalCache,
    @Inject(IdentitySource) readonly identitySource: IdentitySource,
  ) {}

  forRequest(request: object): ConnectorsCore {
    return this.#withIdentity(this.identitySource.forRequest(request));
  }

  asUser(userToken: string): ConnectorsCore {
    return this.#withIdentity(this.identitySource.asUser(userToken));
  }

  /**
   * Returns the request for a connector.
   *
   * @throws `InvalidConnectorError` when the connector is malformed
   */
  toRequest(ref: ConnectorRef): ConnectionRequest {
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
  forgetRefusals({ connector, identity }: ConnectionRequest): void {
    this.refusals.forget(connector.id, identity.userToken);
  }

  #withIdentity(identitySource: IdentitySource): ConnectorsCore {
    if (identitySource === this.identitySource) return this;
    const { resolver, invalidator, appUsers, metered, providers, required, refusals } = this;
    return new ConnectorsCore(
      resolver,
      invalidator,
      appUsers,
      metered,
      providers,
      required,
      refusals,
      identitySource,
    );
  }
}
