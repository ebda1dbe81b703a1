import { Inject, Injectable } from '@nestjs/common';
import type { ConnectionRequest } from './connection-request.js';
import { ConnectionCache } from './connection.cache.js';
import type { InFlightRequest } from './in-flight-request.js';
import { InFlightRequests } from './in-flight-requests.js';
import { SharedCache } from './shared/shared-cache.js';

/**
 * Invalidates connections in all processes that share the cache, and applies the invalidations of
 * the other processes.
 *
 * @internal
 */
@Injectable()
export class ConnectionInvalidator {
  constructor(
    @Inject(ConnectionCache) private readonly cache: ConnectionCache,
    @Inject(InFlightRequests) private readonly inFlight: InFlightRequests,
    @Inject(SharedCache) private readonly shared: SharedCache | null,
  ) {
    shared?.epoch.onChanged(() => {
      cache.advanceEpoch();
    });
  }

  /**
   * Invalidates the connection of a connector and a user. Requests in flight are detached. With a
   * rejected token, evicts only that token, and only here. A newer token stays.
   */
  async invalidate(request: ConnectionRequest, rejectedToken?: string): Promise<void> {
    const { key, invalidationKey } = request;
    if (rejectedToken !== undefined) {
      if (this.cache.evictRejected(key, rejectedToken)) this.inFlight.detach(key);
      return;
    }
    this.inFlight.detachForUser(key);
    this.cache.evictForUser(key);
    await Promise.all([
      this.shared?.invalidations.invalidate(invalidationKey),
      this.shared?.connections.remove(key),
    ]);
  }

  /** Invalidates all connections of all users. */
  async invalidateAll(): Promise<void> {
    this.inFlight.detachAll();
    this.cache.clear();
    await this.shared?.invalidations.invalidate();
  }

  /**
   * Applies the invalidations of other processes to a connection, if there may be new ones.
   *
   * @returns a promise if the caller must wait
   */
  synchronize(request: ConnectionRequest): Promise<void> | undefined {
    if (this.shared === null) return undefined;
    const syncing = this.shared.epoch.sync();
    const inFlight = this.#getUnverified(request);
    return (syncing ?? inFlight) ? this.#verifyInFlight(this.shared, request, syncing) : undefined;
  }

  /** Verifies the cached entry by the generations that a request in flight has read. */
  verifyEntry({ request, epoch, generations }: Verifiable): void {
    const mustVerifyAgain = this.cache.verify(request.key, { epoch, generations });
    if (mustVerifyAgain) this.shared?.epoch.forget();
  }

  /** Detaches a request in flight if its connection has been invalidated since it was sent. */
  async #verifyInFlight(
    shared: SharedCache,
    request: ConnectionRequest,
    syncing?: Promise<void>,
  ): Promise<void> {
    await syncing;
    const inFlight = this.#getUnverified(request);
    if (inFlight === undefined) return;
    inFlight.verifying ??= this.#verify(shared, inFlight).finally(() => {
      inFlight.verifying = undefined;
    });
    await inFlight.verifying;
  }

  async #verify(
    { invalidations, epoch: sharedEpoch }: SharedCache,
    inFlight: InFlightRequest,
  ): Promise<void> {
    const { epoch } = this.cache;
    const { request } = inFlight;
    const generations = await invalidations.readGenerations(request.invalidationKey);
    if (generations === undefined) sharedEpoch.forget();
    else if (generations !== inFlight.generations) this.inFlight.detach(request.key);
    inFlight.epoch = epoch;
    this.verifyEntry({ request, epoch, generations });
  }

  #getUnverified({ key }: ConnectionRequest): InFlightRequest | undefined {
    const inFlight = this.inFlight.get(key);
    return inFlight?.epoch === this.cache.epoch ? undefined : inFlight;
  }
}

type Verifiable = Pick<InFlightRequest, 'request' | 'epoch' | 'generations'>;
