import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { AppUserRequiredError } from '../errors/connection.errors.js';
import { copyError } from '../errors/copy-error.js';
import type {
  ConnectorConnection,
  GetConnectionOptions,
} from '../interfaces/connector-connection.interface.js';
import { ResiliencePolicy } from '../resilience/resilience.policy.js';
import { type Lookup, Telemetry } from '../telemetry/telemetry.js';
import { type CachedConnection, isFresh, isNegative, mustRefresh } from './cache-entry.js';
import type { ConnectionRequest } from './connection-request.js';
import { ConnectionCache } from './connection.cache.js';
import { ConnectionFetcher } from './connection.fetcher.js';
import { ConnectionInvalidator } from './connection.invalidator.js';
import type { InFlightRequest } from './in-flight-request.js';
import { InFlightRequests } from './in-flight-requests.js';
import { SharedCache } from './shared/shared-cache.js';

/**
 * Resolves connections: from the cache, or by one request that concurrent callers share.
 *
 * @internal
 */
@Injectable()
export class ConnectionResolver {
  readonly #closing = new AbortController();

  constructor(
    @Inject(ConnectionFetcher) private readonly fetcher: ConnectionFetcher,
    @Inject(ResiliencePolicy) private readonly policy: ResiliencePolicy,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(SharedCache) private readonly shared: SharedCache | null,
    @Inject(ConnectionCache) private readonly cache: ConnectionCache,
    @Inject(ConnectionInvalidator) private readonly invalidator: ConnectionInvalidator,
    @Inject(InFlightRequests) private readonly inFlight: InFlightRequests,
    @Inject(Telemetry) private readonly telemetry: Telemetry,
  ) {}

  /** Returns the cached connection if it can be served without a sync or a renewal. */
  getServable({ key, connector }: ConnectionRequest): CachedConnection | undefined {
    const entry = this.cache.get(key);
    if (entry === undefined || isNegative(entry)) return undefined;
    const nowMs = this.clock.monotonicMs();
    const mustSync = this.shared?.epoch.isSynced(nowMs) === false;
    if (mustSync || mustRefresh(entry, nowMs)) return undefined;
    this.telemetry.recordHit(connector);
    return entry;
  }

  /**
   * Returns a connection, from the cache or from Base44.
   *
   * @throws {@link AppUserRequiredError} when an app user's connector is requested without a user
   */
  resolve(
    request: ConnectionRequest,
    options?: GetConnectionOptions,
  ): Promise<ConnectorConnection> {
    const skipsCache = Boolean(options?.fresh) || options?.signal?.aborted === true;
    const servable = skipsCache ? undefined : this.getServable(request);
    return servable?.promise ?? this.#trace(request, options);
  }

  /** Apart from `resolve`, which would allocate memory for the closure even for a cached connection. */
  #trace(request: ConnectionRequest, options?: GetConnectionOptions): Promise<ConnectorConnection> {
    return this.telemetry.traceLookup(request.connector, (lookup) =>
      this.#resolve(request, lookup, options),
    );
  }

  /**
   * Returns a connection to replace one whose token the provider rejected, or the same one while
   * Base44 has no other token. Callers with the same rejected token share one request.
   */
  async renew(
    request: ConnectionRequest,
    rejected: ConnectorConnection,
    signal: AbortSignal,
  ): Promise<ConnectorConnection> {
    signal.throwIfAborted();
    const { key } = request;
    const { accessToken } = rejected;
    if (this.cache.isRenewalSuppressed(key, accessToken)) return rejected;
    this.cache.evictRejected(key, accessToken);
    const cached = this.#getCached(request);
    if (cached !== undefined) return cached;
    const inFlight = this.inFlight.get(key);
    if (inFlight?.rejectedToken === accessToken) return inFlight.join(signal);
    // A request from before the rejection may return the rejected token.
    this.inFlight.detach(key);
    return this.#start(request, true).join(signal);
  }

  /** Evicts the connection with a token that the provider rejected. A newer token stays. */
  evictRejected({ key }: ConnectionRequest, accessToken: string): void {
    if (this.cache.evictRejected(key, accessToken)) this.inFlight.detach(key);
  }

  /** Suppresses renewals for a while, because the provider rejects the newest token of Base44. */
  suppressRenewal({ key }: ConnectionRequest, accessToken: string): void {
    this.cache.suppressRenewal(key, accessToken);
  }

  /** Ends the renewals in the background, unless a caller waits for them. Starts no more of them. */
  stopRenewals(): void {
    this.#closing.abort();
  }

  async #resolve(
    request: ConnectionRequest,
    lookup: Lookup,
    { signal, fresh = false }: GetConnectionOptions = {},
  ): Promise<ConnectorConnection> {
    const { connector, identity, key } = request;
    signal?.throwIfAborted();
    if (connector.kind === 'appUserConnector' && identity.userToken === undefined) {
      throw new AppUserRequiredError({ connector: connector.id });
    }
    const startedAtMs = performance.now();
    const synchronizing = this.invalidator.synchronize(request);
    if (synchronizing !== undefined) {
      await this.policy.wait({ connector: connector.id, signal, startedAtMs }, () => synchronizing);
    }
    const { epoch } = this.cache;
    const cached = fresh ? undefined : this.#getCached(request);
    if (cached !== undefined) return cached;
    const joinable = this.inFlight.getJoinable(key, fresh && this.shared !== null);
    lookup.result = joinable === undefined ? 'miss' : 'coalesced';
    const inFlight = joinable ?? this.#start(request, fresh, startedAtMs);
    try {
      const connection = await inFlight.join(signal);
      if (inFlight.isShared) lookup.result = 'shared';
      return connection;
    } catch (error) {
      // The reason of an abort belongs to its caller.
      if (signal?.aborted) throw error;
      const stale = fresh ? undefined : this.cache.getStale(key, error, epoch);
      if (stale === undefined) throw copyError(error);
      lookup.result = 'stale';
      return stale;
    }
  }

  /**
   * Returns a fresh connection from the cache, and renews it in the background when that is due.
   *
   * @throws `ConnectorNotConnectedError` for a negative entry
   */
  #getCached(request: ConnectionRequest): Promise<ConnectorConnection> | undefined {
    const entry = this.cache.get(request.key);
    const nowMs = this.clock.monotonicMs();
    if (entry === undefined || !isFresh(entry, nowMs)) return undefined;
    if (isNegative(entry)) throw copyError(entry.error);
    const { signal } = this.#closing;
    const canRenew = !signal.aborted && this.inFlight.get(request.key) === undefined;
    if (canRenew && mustRefresh(entry, nowMs)) {
      // A failure has no caller to reject; it delays the next renewal.
      this.#start(request, false)
        .join(signal)
        .catch((error: unknown) => this.cache.getStale(request.key, error, entry.epoch));
    }
    return entry.promise;
  }

  /** @param startedAtMs - the start of the call, whose deadline covers the store too */
  #start(
    request: ConnectionRequest,
    fresh: boolean,
    startedAtMs = performance.now(),
  ): InFlightRequest {
    const rejectedToken = this.cache.getRejectedToken(request.key);
    const { epoch } = this.cache;
    return this.inFlight.start(request, { fresh, rejectedToken, epoch }, (self, signal) =>
      this.fetcher.fetch(self, { connector: request.connector.id, signal, startedAtMs }),
    );
  }
}
