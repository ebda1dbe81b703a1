import { Inject, Injectable } from '@nestjs/common';
import { MeteredCalls } from './base44/metered-calls.js';
import { parseConnectorRef } from './common/connector-ref.parser.js';
import { AppUserConnections } from './connections/app-user-connections.js';
import { ConnectionRequest } from './connections/connection-request.js';
import { ConnectionResolver } from './connections/connection.resolver.js';
import { RequiredConnectors } from './discovery/required-connectors.js';
import type { ActingIdentity } from './identity/acting-identity.js';
import type { ConnectorRef } from './interfaces/connector.interface.js';
import { ProviderClient } from './provider-client/provider.client.js';

const MAX_REQUESTS = 1_000;

/**
 * The parts that all `ConnectorsService` objects of one instance share.
 *
 * @internal
 */
@Injectable()
export class ConnectorsCore {
  /** The validated requests of the configured identity, cached because most calls repeat one. */
  readonly #requests = new Map<string, ConnectionRequest>();

  constructor(
    @Inject(ConnectionResolver) readonly resolver: ConnectionResolver,
    @Inject(AppUserConnections) readonly appUsers: AppUserConnections,
    @Inject(MeteredCalls) readonly metered: MeteredCalls,
    @Inject(ProviderClient) readonly providers: ProviderClient,
    @Inject(RequiredConnectors) readonly required: RequiredConnectors,
  ) {}

  /**
   * Returns the request for a connector.
   *
   * @throws `InvalidConnectorError` when the connector is malformed
   */
  toRequest(ref: ConnectorRef, identity: ActingIdentity): ConnectionRequest {
    if (typeof ref !== 'string' || identity.key !== '') {
      return new ConnectionRequest(parseConnectorRef(ref), identity);
    }
    const cached = this.#requests.get(ref);
    if (cached !== undefined) return cached;
    const request = new ConnectionRequest(parseConnectorRef(ref), identity);
    if (this.#requests.size === MAX_REQUESTS) this.#requests.clear();
    this.#requests.set(ref, request);
    return request;
  }
}
