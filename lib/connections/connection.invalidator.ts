import { Inject, Injectable } from '@nestjs/common';
import type { ConnectionRequest } from './connection-request.js';
import { ConnectionCache } from './connection.cache.js';
import { InFlightRequests } from './in-flight-requests.js';
import { SharedConnectionStore } from './shared/shared-connection.store.js';

/**
 * Invalidates connections, here and in the processes that share the store.
 *
 * @internal
 */
@Injectable()
export class ConnectionInvalidator {
  constructor(
    @Inject(ConnectionCache) private readonly cache: ConnectionCache,
    @Inject(InFlightRequests) private readonly inFlight: InFlightRequests,
    @Inject(SharedConnectionStore) private readonly shared: SharedConnectionStore | null,
  ) {
    shared?.onInvalidated(this.#expireAll.bind(this));
  }

  /**
   * Invalidates the connection of a connector and a user. Requests in flight are detached. With a
   * rejected token, evicts only that token, and only here. A newer token stays.
   */
  async invalidate(request: ConnectionRequest, rejectedToken?: string): Promise<void> {
    const { key: ownKey } = request;
    if (rejectedToken !== undefined) {
      if (this.cache.evictRejected(ownKey, rejectedToken)) this.inFlight.detach(ownKey);
      return;
    }
    this.#forget(ownKey);
    // Each request may bring its own service role, so one user can have several keys.
    const keys = request.identity.key === '' ? [] : [...this.inFlight.keys, ...this.cache.keys];
    const suffix = `.${request.invalidationKey}`;
    for (const key of keys.filter((other) => other.endsWith(suffix))) this.#forget(key);
    await this.shared?.invalidate(request);
  }

  /** Invalidates all connections of all users. */
  async invalidateAll(): Promise<void> {
    this.#expireAll();
    this.cache.clear();
    await this.shared?.invalidate();
  }

  #forget(key: string): void {
    this.inFlight.detach(key);
    this.cache.evict(key);
    this.cache.forgetRejected(key);
  }

  #expireAll(): void {
    this.inFlight.detachAll();
    this.cache.expireAll();
  }
}
