import type { ServiceRoleClient } from '../clients/service-role.client.js';
import { ConnectorNotConnectedError } from '../errors/connector.errors.js';
import type {
  ConnectorConnection,
  FetchedConnection,
} from '../interfaces/connector-connection.interface.js';
import type { CacheSettings } from '../options/connectors.options.js';
import { isTransient } from '../resilience/repeatable.js';
import type { ResiliencePolicy } from '../resilience/resilience.policy.js';
import type { Clock } from './clock.js';
import type { ConnectionFlight } from './connection-flight.js';
import {
  isUsable,
  keep,
  keepAbsence,
  type KeptAbsence,
  type KeptConnection,
  mustRefresh,
} from './kept-connection.js';
import type { KeptConnections } from './kept-connections.js';
import type { RefusedTokens } from './refused-tokens.js';
import type { SharedConnections, SharedEntry } from './shared/shared-connections.js';

/** Whom it asks, and where it puts what it gets. */
interface Parts {
  readonly client: ServiceRoleClient;
  readonly policy: ResiliencePolicy;
  readonly clock: Clock;
  readonly shared: SharedConnections | undefined;
  readonly kept: KeptConnections;
  readonly refused: RefusedTokens;
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
  readonly #shared: SharedConnections | undefined;
  readonly #kept: KeptConnections;
  readonly #refused: RefusedTokens;

  constructor({ client, policy, clock, shared, kept, refused }: Parts, settings: CacheSettings) {
    this.#client = client;
    this.#policy = policy;
    this.#clock = clock;
    this.#settings = settings;
    this.#shared = shared;
    this.#kept = kept;
    this.#refused = refused;
  }

  async fetch(flight: ConnectionFlight, signal: AbortSignal): Promise<ConnectorConnection> {
    try {
      return await this.#fetch(flight, signal);
    } catch (error) {
      if (error instanceof ConnectorNotConnectedError) this.#rememberAbsence(flight, error);
      throw error;
    }
  }

  async #fetch(flight: ConnectionFlight, signal: AbortSignal): Promise<ConnectorConnection> {
    const { order, fresh } = flight.plan;
    const { key, connector, identity } = order;
    const shared = await this.#shared?.read(order);
    const adopted = shared && !fresh ? this.#adopt(flight, shared) : undefined;
    if (adopted !== undefined) return adopted;
    const fetched = await this.#policy.execute({
      connector: connector.id,
      identity,
      signal,
      isRepeatable: isTransient,
      attempt: (abort) => this.#client.fetchConnection(connector, identity, abort),
    });
    const kept = this.#keep(flight, fetched);
    this.#remember(flight, kept);
    if (shared && !flight.isObsolete) void this.#shared?.write(key, fetched, shared);
    return kept.promise;
  }

  /** Takes over what another process has fetched, and gives it if it needs no renewal yet. */
  #adopt(
    flight: ConnectionFlight,
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

  #keep({ plan }: ConnectionFlight, fetched: FetchedConnection, ageMs?: number): KeptConnection {
    const { ttlMs, staleIfErrorMs } = this.#settings;
    const { isPlain } = plan.order;
    const { epoch } = plan;
    return keep(fetched, { isPlain, ttlMs, staleIfErrorMs, clock: this.#clock, epoch, ageMs });
  }

  #remember({ plan, isObsolete }: ConnectionFlight, kept: KeptConnection | KeptAbsence): void {
    if (!isObsolete) this.#kept.set(plan.order.key, kept);
  }

  #rememberAbsence(flight: ConnectionFlight, error: ConnectorNotConnectedError): void {
    const { order, epoch } = flight.plan;
    const { key, connector, isPlain } = order;
    if (!flight.isObsolete) void this.#shared?.remove(key);
    const freshUntilMs = this.#clock.monotonicMs() + this.#kept.absenceMsOf(connector);
    this.#remember(flight, keepAbsence(error, { isPlain, freshUntilMs, epoch }));
  }
}
