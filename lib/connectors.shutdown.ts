import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { ServiceRoleClient } from './base44/service-role.client.js';
import { ConnectionResolver } from './connections/connection.resolver.js';
import { SharedCache } from './connections/shared/shared-cache.js';
import { AuthorizingAdapter } from './provider-client/axios/authorizing.adapter.js';
import { ThrottlingRetryPolicy } from './provider-client/throttling-retry.policy.js';
import { CallDrain } from './resilience/call-drain.js';

/**
 * Closes the parts of a module in the order in which the others no longer need them.
 *
 * @internal
 */
@Injectable()
export class ConnectorsShutdown implements BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    @Inject(CallDrain) private readonly drain: CallDrain,
    @Inject(ConnectionResolver) private readonly resolver: ConnectionResolver,
    @Inject(ThrottlingRetryPolicy) private readonly throttling: ThrottlingRetryPolicy,
    @Inject(AuthorizingAdapter) private readonly adapter: AuthorizingAdapter,
    @Inject(ServiceRoleClient) private readonly client: ServiceRoleClient,
    @Inject(SharedCache) private readonly shared: SharedCache | null,
  ) {}

  /** Ends the work that has no caller, while Nest still responds to requests. */
  async beforeApplicationShutdown(): Promise<void> {
    this.drain.start();
    this.resolver.stopRenewals();
    this.throttling.close();
    await this.shared?.invalidations.flush();
  }

  /** Waits for the calls in progress. Nest has responded to all HTTP requests by now. */
  async onApplicationShutdown(): Promise<void> {
    await this.drain.finish();
    this.adapter.close();
    // An application may replace the client by an object of its own.
    this.client.close?.();
    await this.shared?.lease?.close();
    await this.shared?.invalidations.close();
  }
}
