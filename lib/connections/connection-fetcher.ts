import type { ServiceRoleClient } from '../base44/service-role.client.js';
import { ConnectorNotConnectedError } from '../errors/connection.errors.js';
import type {
  ConnectorConnection,
  FetchedConnection,
} from '../interfaces/connector-connection.interface.js';
import type { CacheSettings } from '../options/connectors.options.js';
import { isTransient } from '../resilience/retryable.js';
import type { ResiliencePolicy } from '../resilience/resilience.policy.js';
import type { Clock } from '../common/clock.js';
import type { InFlightRequest } from './in-flight-request.js';
import {
  isUsable,
  keep,
  keepAbsence,
  type NegativeEntry,
  type CachedConnection,
  mustRefresh,
} from './cache-entry.js';
import type { ConnectionCache } from './connection.cache.js';
import type { RejectedTokens } from './rejected-tokens.js';
import type { SharedConnectionStore, SharedEntry } from './shared/shared-connection.store.js';

/** Whom it asks, and where it puts what it gets. */
interface Parts {
  readonly client: ServiceRoleClient;
  readonly policy: ResiliencePolicy;
  readonly clock: Clock;
  readonly shared: SharedConnectionStore | undefined;
  readonly kept: ConnectionCache;
  readonly refused: RejectedTokens;
}

/**
 * Brings the connection of a flight: from another process, or else from Base44. What it
 * brings is kept.
 *
 * @internal
 */
export class ConnectionFetcher {
  readonly #client: ServiceRoleClient;
  readonly #policy: ResiliencePolicy;
  readonly #clock: Clock;
  readonly #settings: CacheSettings;
  readonly #shared: SharedConnectionStore | undefined;
  readonly #kept: ConnectionCache;
  readonly #refused: RejectedTokens;

  constructor({ client, policy, clock, shared, kept, refused }: Parts, settings: CacheSettings) {
    this.#client = client;
    this.#policy = policy;
    this.#clock = clock;
    this.#settings = settings;
    this.#shared = shared;
    this.#kept = kept;
    this.#refused = refused;
  }

  async fetch(flight: InFlightRequest, signal: AbortSignal): Promise<ConnectorConnection> {
    try {
      return await this.#fetch(flight, signal);
    } catch (error) {
      if (error instanceof ConnectorNotConnectedError) this.#rememberAbsence(flight, error);
      throw error;
    }
  }

  async #fetch(flight: InFlightRequest, signal: AbortSignal): Promise<ConnectorConnection> {
    const { order, fresh } = flight.plan;
    const { key, connector, identity } = order;
    const shared = await this.#shared?.read(order);
    const adopted = shared && !fresh ? this.#adopt(flight, shared) : undefined;
    if (adopted !== undefined) return adopted;
    const fetched = await this.#policy.execute({
      connector: connector.id,
      identity,
      signal,
      isRetryable: isTransient,
      attempt: (abort) => this.#client.fetchConnection(connector, identity, abort),
    });
    const kept = this.#keep(flight, fetched);
    this.#remember(flight, kept);
    if (shared && !flight.isObsolete) void this.#shared?.write(key, fetched, shared);
    return kept.promise;
  }

  /** Takes over what another process has fetched, and gives it if it needs no renewal yet. */
  #adopt(
    flight: InFlightRequest,
    { connection, ageMs }: SharedEntry,
  ): Promise<ConnectorConnection> | undefined {
    const { key } = flight.plan.order;
    if (connection === undefined || this.#refused.has(key, connection.accessToken))
      return undefined;
    const kept = this.#keep(flight, connection, ageMs);
    const nowMs = this.#clock.monotonicMs();
    if (this.#kept.hasNewer(key, kept) || !isUsable(kept, nowMs)) return undefined;
    this.#remember(flight, kept);
    return mustRefresh(kept, nowMs) ? undefined : kept.promise;
  }

  #keep({ plan }: InFlightRequest, fetched: FetchedConnection, ageMs?: number): CachedConnection {
    const { ttlMs, staleIfErrorMs } = this.#settings;
    const { isPlain } = plan.order;
    const { epoch } = plan;
    return keep(fetched, { isPlain, ttlMs, staleIfErrorMs, clock: this.#clock, epoch, ageMs });
  }

  #remember({ plan, isObsolete }: InFlightRequest, kept: CachedConnection | NegativeEntry): void {
    if (!isObsolete) this.#kept.set(plan.order.key, kept);
  }

  #rememberAbsence(flight: InFlightRequest, error: ConnectorNotConnectedError): void {
    const { order, epoch } = flight.plan;
    const { key, connector, isPlain } = order;
    if (!flight.isObsolete) void this.#shared?.remove(key);
    const freshUntilMs = this.#clock.monotonicMs() + this.#kept.absenceMsOf(connector);
    this.#remember(flight, keepAbsence(error, { isPlain, freshUntilMs, epoch }));
  }
}
