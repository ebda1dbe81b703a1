import { Inject, Injectable } from '@nestjs/common';
import { ServiceRoleClient } from '../base44/service-role.client.js';
import { Clock } from '../common/clock.js';
import { isNotConnectedError } from '../errors/connection.errors.js';
import type { ConnectorConnection } from '../interfaces/connector-connection.interface.js';
import { CallDrain } from '../resilience/call-drain.js';
import { type Call, ResiliencePolicy } from '../resilience/resilience.policy.js';
import { isTransient } from '../resilience/retryable.js';
import { ConnectionStates } from '../telemetry/connection-states.js';
import { isFresh, isNegative, mustRefresh } from './cache-entry.js';
import { ConnectionCache } from './connection.cache.js';
import { ConnectionInvalidator } from './connection.invalidator.js';
import type { InFlightRequest } from './in-flight-request.js';
import type { Turn } from './shared/renewal.lease.js';
import { SharedCache } from './shared/shared-cache.js';
import type { SharedEntry } from './shared/shared-connection.store.js';

/**
 * Fetches the connection of a request in flight, from another process or from Base44.
 *
 * @internal
 */
@Injectable()
export class ConnectionFetcher {
  constructor(
    @Inject(ServiceRoleClient) private readonly client: ServiceRoleClient,
    @Inject(ResiliencePolicy) private readonly policy: ResiliencePolicy,
    @Inject(CallDrain) private readonly drain: CallDrain,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(SharedCache) private readonly shared: SharedCache | null,
    @Inject(ConnectionCache) private readonly cache: ConnectionCache,
    @Inject(ConnectionInvalidator) private readonly invalidator: ConnectionInvalidator,
    @Inject(ConnectionStates) private readonly states: ConnectionStates,
  ) {}

  /** Returns the connection that another process shares, or requests a new one from Base44. */
  async fetch(self: InFlightRequest, call: Call): Promise<ConnectorConnection> {
    const shared = await this.#readShared(self, call);
    const verified = self.fresh ? undefined : this.#getVerified(self);
    if (verified !== undefined) {
      self.isShared = true;
      return verified;
    }
    try {
      const connection = await (this.#adopt(self, shared) ?? this.#requestInTurn(self, call));
      const { request, isDetached, fresh } = self;
      if (!isDetached) this.states.recordSuccess(request, connection.accessToken, fresh);
      return connection;
    } catch (error) {
      if (!self.isDetached) this.#recordFailure(self, error);
      throw error;
    }
  }

  #recordFailure(self: InFlightRequest, error: unknown): void {
    if (isNotConnectedError(error)) {
      void this.shared?.connections.remove(self.request.key);
      this.cache.setNegative(self, error);
    }
    // Last, because a listener of the event may invalidate the entry.
    this.states.recordFailure(self.request, error);
  }

  async #readShared(self: InFlightRequest, call: Call): Promise<SharedEntry | undefined> {
    const { shared } = this;
    if (shared === null) return undefined;
    const entry = await this.policy.wait(call, () => shared.connections.read(self.request));
    self.generations = entry?.generations;
    this.invalidator.verifyEntry(self);
    return entry;
  }

  /** Returns a cached connection that had to be verified before it was served. */
  #getVerified({
    request: { key },
    epoch,
  }: InFlightRequest): Promise<ConnectorConnection> | undefined {
    const entry = this.cache.get(key, epoch);
    const nowMs = this.clock.monotonicMs();
    if (entry === undefined || !isFresh(entry, nowMs)) return undefined;
    if (isNegative(entry)) throw entry.error;
    return mustRefresh(entry, nowMs) ? undefined : entry.promise;
  }

  #adopt(self: InFlightRequest, shared?: SharedEntry): Promise<ConnectorConnection> | undefined {
    const entry = self.fresh ? undefined : this.cache.createSharedEntry(self, shared);
    if (entry === undefined) return undefined;
    if (!self.isDetached) this.cache.set(self.request.key, entry);
    self.isShared = !mustRefresh(entry, this.clock.monotonicMs());
    return self.isShared ? entry.promise : undefined;
  }

  /** Requests a new connection, unless the process that holds the lease shares one first. */
  async #requestInTurn(self: InFlightRequest, call: Call): Promise<ConnectorConnection> {
    const { request, generations } = self;
    const lease = self.fresh ? undefined : this.shared?.lease;
    if (lease === undefined || generations === undefined) return this.#request(self, call);
    const find = async (): Promise<ConnectorConnection | undefined> =>
      this.#adopt(self, await this.#readShared(self, call));
    return this.drain.run(call.connector, async () => {
      const turn = await this.policy.wait(call, (signal) =>
        lease.takeTurn({ request, generations, find, signal }),
      );
      return 'found' in turn ? turn.found : this.#requestWithLease(self, call, turn);
    });
  }

  async #requestWithLease(
    self: InFlightRequest,
    call: Call,
    turn: Turn,
  ): Promise<ConnectorConnection> {
    try {
      const connection = await this.#request(self, call);
      turn.release(self.sharing);
      return connection;
    } catch (error) {
      turn.fail(error);
      throw error;
    }
  }

  async #request(self: InFlightRequest, call: Call): Promise<ConnectorConnection> {
    const { key, connector, identity } = self.request;
    const fetched = await this.policy.execute({
      ...call,
      kind: connector.kind,
      operation: 'getConnection',
      identity,
      isRetryable: isTransient,
      attempt: (attemptSignal) => this.client.fetchConnection(connector, identity, attemptSignal),
    });
    const entry = this.cache.createEntry(self, fetched);
    if (!self.isDetached) {
      this.cache.set(key, entry);
      const { generations } = self;
      if (generations !== undefined) {
        self.sharing = this.shared?.connections.write(key, fetched, generations);
      }
    }
    return entry.promise;
  }
}
