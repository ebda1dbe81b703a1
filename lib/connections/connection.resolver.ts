import type { ServiceRoleClient } from '../base44/service-role.client.js';
import { AppUserRequiredError } from '../errors/connection.errors.js';
import { exitRequestContext } from '../identity/ambient-context.js';
import type { ActingIdentity } from '../identity/acting-identity.js';
import type {
  ConnectorConnection,
  GetConnectionOptions,
} from '../interfaces/connector-connection.interface.js';
import type { Connector } from '../interfaces/connector.interface.js';
import type { CacheSettings } from '../options/connectors.options.js';
import type { ResiliencePolicy } from '../resilience/resilience.policy.js';
import type { Clock } from '../common/clock.js';
import { ConnectionFetcher } from './connection-fetcher.js';
import { InFlightRequest } from './in-flight-request.js';
import { type ConnectionRequest, toConnectionRequest } from './connection-request.js';
import { InFlightRequests } from './in-flight-requests.js';
import {
  isAbsence,
  isFresh,
  type NegativeEntry,
  type CachedConnection,
  mustRefresh,
} from './cache-entry.js';
import { ConnectionCache } from './connection.cache.js';
import { RejectedTokens } from './rejected-tokens.js';
import type { SharedConnectionStore } from './shared/shared-connection.store.js';

/** With `cache: false` connections are forgotten as soon as those who wait have them. */
const CACHE_DISABLED: CacheSettings = {
  ttlMs: 0,
  negativeTtlMs: 0,
  staleIfErrorMs: 0,
  maxEntries: 1,
  shared: undefined,
};

/**
 * Gives the connection of a connector: the one it keeps, or else a new one from
 * Base44. However many ask at the same time, one request is sent.
 *
 * @internal
 */
export class ConnectionResolver {
  readonly #fetcher: ConnectionFetcher;
  readonly #clock: Clock;
  readonly #shared: SharedConnectionStore | undefined;
  readonly #kept: ConnectionCache;
  readonly #refused: RejectedTokens;
  readonly #flights = new InFlightRequests();

  constructor(
    client: ServiceRoleClient,
    policy: ResiliencePolicy,
    clock: Clock,
    settings: CacheSettings | false,
    shared: SharedConnectionStore | undefined,
  ) {
    const cache = settings || CACHE_DISABLED;
    const kept = new ConnectionCache(cache, clock);
    const refused = new RejectedTokens(cache.maxEntries, clock);
    this.#fetcher = new ConnectionFetcher({ client, policy, clock, shared, kept, refused }, cache);
    this.#clock = clock;
    this.#shared = shared;
    this.#kept = kept;
    this.#refused = refused;
  }

  /**
   * The quick way, for what is asked most: the kept connection of an integration type
   * for the identity of the options, where there is nothing else to do but to give it.
   * What was never kept is found under no name, so the name needs no other check.
   */
  peek(integrationType: unknown): Promise<ConnectorConnection> | undefined {
    const kept = this.#kept.get(integrationType as string);
    return kept?.isPlain ? this.#atOnce(kept) : undefined;
  }

  /** The same for any connector, whoever acts. */
  peekFor(
    connector: Connector,
    identity: ActingIdentity,
  ): Promise<ConnectorConnection> | undefined {
    const kept = this.#kept.get(toConnectionRequest(connector, identity).key);
    return kept && this.#atOnce(kept);
  }

  /**
   * @throws {@link AppUserRequiredError} when the connector is a user's, and there is none
   */
  async resolve(
    connector: Connector,
    identity: ActingIdentity,
    { signal, fresh = false }: GetConnectionOptions = {},
  ): Promise<ConnectorConnection> {
    signal?.throwIfAborted();
    if (connector.kind === 'appUserConnector' && identity.userToken === undefined) {
      throw new AppUserRequiredError({ connector: connector.id });
    }
    const synced = this.#shared?.sync();
    if (synced !== undefined) await synced.then(() => signal?.throwIfAborted());
    const order = toConnectionRequest(connector, identity);
    const known = fresh ? undefined : this.#known(order);
    if (known !== undefined) return known;
    const flight = this.#underWay(order) ?? this.#begin(order, fresh);
    try {
      return await flight.join(signal);
    } catch (error) {
      const lastGood = fresh || signal?.aborted ? undefined : this.#lastGood(order.key, error);
      if (lastGood === undefined) throw error;
      return lastGood;
    }
  }

  /**
   * The connection in place of one whose token its provider refused: what was kept since, or a
   * new one. However many were refused the same one, one request is sent.
   *
   * @returns the same one when Base44 had no other a short while ago
   */
  async renew(
    connector: Connector,
    identity: ActingIdentity,
    refused: ConnectorConnection,
    signal?: AbortSignal,
  ): Promise<ConnectorConnection> {
    signal?.throwIfAborted();
    const order = toConnectionRequest(connector, identity);
    if (this.#forgetRefused(order.key, refused)) return refused;
    const known = this.#known(order);
    if (known !== undefined) return known;
    const flight = this.#underWay(order);
    if (flight?.plan.fresh) return flight.join(signal);
    // It may bring what another process has kept.
    this.#flights.abandon(order.key);
    return this.#begin(order, true).join(signal);
  }

  /** Forgets a connection whose token its provider refused, if it is still the kept one. */
  forgetRefused(
    connector: Connector,
    identity: ActingIdentity,
    refused: ConnectorConnection,
  ): void {
    this.#forgetRefused(toConnectionRequest(connector, identity).key, refused);
  }

  /** Remembers, as long as an absence, that the provider refuses what Base44 has just given. */
  settleRefusal(
    connector: Connector,
    identity: ActingIdentity,
    { accessToken }: ConnectorConnection,
  ): void {
    const { key } = toConnectionRequest(connector, identity);
    this.#refused.settle(key, accessToken, this.#kept.absenceMsOf(connector));
  }

  /**
   * Forgets the connection of one connector that is kept for a user, or for nobody, here and
   * in the processes that share the store. An answer already on its way is not kept.
   */
  async invalidate(connector: Connector, identity: ActingIdentity): Promise<void> {
    const order = toConnectionRequest(connector, identity);
    this.#forget(order.key);
    this.#refused.delete(order.key);
    // The same user may have been asked for by other service roles: each request may carry its own.
    if (identity.key !== '') {
      for (const key of [...this.#flights.keys, ...this.#kept.keys, ...this.#refused.keys]) {
        if (!key.endsWith(`.${order.subject}`)) continue;
        this.#forget(key);
        this.#refused.delete(key);
      }
    }
    await this.#shared?.invalidate(order);
  }

  /** Forgets all connections, whoever they are kept for. */
  async invalidateAll(): Promise<void> {
    for (const key of this.#flights.keys) this.#flights.abandon(key);
    this.#kept.clear();
    this.#refused.clear();
    await this.#shared?.invalidate();
  }

  /** @returns whether it is to stay, for Base44 has no other one */
  #forgetRefused(key: string, refused: ConnectorConnection): boolean {
    if (!this.#kept.isKept(key, refused)) return false;
    if (this.#refused.isSettled(key, refused.accessToken)) return true;
    this.#refused.note(key, refused.accessToken);
    this.#forget(key);
    return false;
  }

  #forget(key: string): void {
    this.#flights.abandon(key);
    this.#kept.delete(key);
  }

  #atOnce(kept: CachedConnection | NegativeEntry): Promise<ConnectorConnection> | undefined {
    const nowMs = this.#clock.monotonicMs();
    return mustRefresh(kept, nowMs) || !this.#isCurrent(kept, nowMs) ? undefined : kept.promise;
  }

  #known(order: ConnectionRequest): Promise<ConnectorConnection> | undefined {
    const kept = this.#kept.get(order.key);
    const nowMs = this.#clock.monotonicMs();
    if (kept === undefined || !isFresh(kept, nowMs)) return undefined;
    if (kept.epoch !== this.#shared?.epoch) return undefined;
    if (isAbsence(kept)) throw kept.error;
    if (mustRefresh(kept, nowMs)) this.#refresh(order);
    return kept.promise;
  }

  /** Renews a connection while it is still given out. Nobody waits for that, so nobody is told of a failure. */
  #refresh(order: ConnectionRequest): void {
    if (this.#underWay(order)) return;
    this.#begin(order, false)
      .join()
      .catch((error: unknown) => this.#lastGood(order.key, error));
  }

  #underWay({ key }: ConnectionRequest): InFlightRequest | undefined {
    return this.#flights.underWay(key, this.#shared?.epoch);
  }

  #begin(order: ConnectionRequest, fresh: boolean): InFlightRequest {
    const plan = { order, fresh, epoch: this.#shared?.epoch };
    // What it brings is kept, and its socket too, for longer than the request that causes it.
    const flight = exitRequestContext(
      () =>
        new InFlightRequest(plan, (self, signal) =>
          this.#fetcher.fetch(self, signal).finally(() => {
            this.#flights.end(self);
          }),
        ),
    );
    this.#flights.begin(flight);
    return flight;
  }

  #lastGood(key: string, error: unknown): Promise<ConnectorConnection> | undefined {
    return this.#kept.lastGood(key, this.#shared?.epoch, error);
  }

  #isCurrent({ epoch }: CachedConnection | NegativeEntry, nowMs: number): boolean {
    return this.#shared === undefined || this.#shared.vouchesFor(epoch, nowMs);
  }
}
