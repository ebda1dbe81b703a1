import { Inject, Injectable } from '@nestjs/common';
import { MeteredCalls } from './base44/metered-calls.js';
import { AppUserConnections } from './connections/app-user-connections.js';
import { ConnectionResolver } from './connections/connection.resolver.js';
import { RequiredConnectors } from './discovery/required-connectors.js';
import { ProviderClient } from './provider-client/provider.client.js';

/**
 * The parts that all `ConnectorsService` objects of one instance share.
 *
 * @internal
 */
@Injectable()
export class ConnectorsCore {
  constructor(
    @Inject(ConnectionResolver) readonly resolver: ConnectionResolver,
    @Inject(AppUserConnections) readonly appUsers: AppUserConnections,
    @Inject(MeteredCalls) readonly metered: MeteredCalls,
    @Inject(ProviderClient) readonly providers: ProviderClient,
    @Inject(RequiredConnectors) readonly required: RequiredConnectors,
  ) {}
}
