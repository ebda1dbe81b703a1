import { LRUCache } from 'lru-cache';
import type { ServiceRoleClient } from '../clients/service-role.client.js';
import { AppUserRequiredError, ConnectorNotConnectedError } from '../errors/connector.errors.js';
import { outsideOfRequests } from '../identity/ambient-context.js';
import type { ActingIdentity } from '../identity/acting-identity.js';
import type {
  ConnectorConnection,
  FetchedConnection,
  GetConnectionOptions,
} from '../interfaces/connector-connection.interface.js';
import type { Connector } from '../interfaces/connector.interface.js';
import type { CacheSettings } from '../options/connectors.options.js';
import { isTransient, retryAfterMsOf } from '../resilience/repeatable.js';
import type { ResiliencePolicy } from '../resilience/resilience.policy.js';
import type { Clock } from './clock.js';
import { ConnectionFlight, type FlightPlan } from './connection-flight.js';
import {
  isAbsence,
  isFresh,
  isOlder,
  isUsable,
  keep,
  keepAbsence,
  type KeptAbsence,
  type KeptConnection,
  mustRefresh,
  pauseRefresh,
} from './kept-connection.js';
import type { SharedConnections, SharedEntry } from './shared/shared-connections.js';

/** With `cache: false` connections are forgotten as soon as those who wait have them. */
const NOTHING_KEPT: CacheSettings = {
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
  readonly #client: ServiceRoleClient;
  readonly #policy: ResiliencePolicy;
  readonly #clock: Clock;
  readonly #settings: CacheSettings;
  readonly #shared: SharedConnections | undefined;
  readonly #kept: LRUCache<string, KeptConnection | KeptAbsence>;
  readonly #flights = new Map<string, ConnectionFlight>();

  constructor(
    client: ServiceRoleClient,
    policy: ResiliencePolicy,
    clock: Clock,
    settings: CacheSettings | false,
    shared: SharedConnections | undefined,
  ) {
    this.#client = client;
    this.#policy = policy;
    this.#clock = clock;
    this.#settings = settings || NOTHING_KEPT;
    this.#shared = shared;
    this.#kept = new LRUCache({ max: this.#settings.maxEntries });
  }

  /**
   * The quick way, for what is asked most: the kept connection of an integration type
   * for the identity of the options, where there is nothing else to do but to give it.
   * What was never kept is found under no name, so the name needs no other check.
   */
  peek(integrationType: unknown): Promise<ConnectorConnection> | undefined {
    const kept = this.#kept.get(integrationType as string);
    if (kept?.isPlain !== true) return undefined;
    const nowMs = this.#clock.monotonicMs();
    return mustRefresh(kept, nowMs) || !this.#isCurrent(kept, nowMs) ? undefined : kept.promise;
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
    const key = keyOf(connector, identity);
    const order = { key, subject: subjectOf(connector, identity), connector, identity };
    const known = fresh ? undefined : this.#known(order);
    if (known !== undefined) return known;
    const flight = this.#underWay(key) ?? this.#begin(order, fresh);
    try {
      return await flight.join(signal);
    } catch (error) {
      const lastGood = fresh || signal?.aborted ? undefined : this.#lastGood(key, error);
      if (lastGood === undefined) throw error;
      return lastGood;
    }
  }

  /**
   * Forgets the connection of one connector that is kept for a user, or for nobody, here and
   * in the processes that share the store. An answer already on its way is not kept.
   */
  async invalidate(connector: Connector, identity: ActingIdentity): Promise<void> {
    const key = keyOf(connector, identity);
    const subject = subjectOf(connector, identity);
    this.#forget(key);
    // The same user may have been asked for by other service roles: each request may carry its own.
    if (identity.key !== '') {
      const keys = [...this.#flights.keys(), ...this.#kept.keys()];
      for (const other of keys) if (other.endsWith(`.${subject}`)) this.#forget(other);
    }
    await this.#shared?.invalidate({ key, subject });
  }

  /** Forgets all connections, whoever they are kept for. */
  async invalidateAll(): Promise<void> {
    for (const key of [...this.#flights.keys()]) this.#abandonFlight(key);
    this.#kept.clear();
    await this.#shared?.invalidate();
  }

  #forget(key: string): void {
    this.#abandonFlight(key);
    this.#kept.delete(key);
  }

  #known(order: Order): Promise<ConnectorConnection> | undefined {
    const { key } = order;
    const kept = this.#kept.get(key);
    const nowMs = this.#clock.monotonicMs();
    if (kept === undefined || !isFresh(kept, nowMs)) return undefined;
    if (kept.epoch !== this.#shared?.epoch) return undefined;
    if (isAbsence(kept)) throw kept.error;
    if (mustRefresh(kept, nowMs)) this.#refresh(order);
    return kept.promise;
  }

  /** Renews a connection while it is still given out. Nobody waits for that, so nobody is told of a failure. */
  #refresh(order: Order): void {
    if (this.#underWay(order.key)) return;
    this.#begin(order, false)
      .join()
      .catch((error: unknown) => this.#lastGood(order.key, error));
  }

  /** The flight to join: none that was invalidated, be it by another process. */
  #underWay(key: string): ConnectionFlight | undefined {
    const flight = this.#flights.get(key);
    if (flight !== undefined && flight.plan.epoch !== this.#shared?.epoch) flight.isObsolete = true;
    return flight?.isObsolete ? undefined : flight;
  }

  #begin(order: Order, fresh: boolean): ConnectionFlight {
    const { key } = order;
    const plan = { ...order, fresh, epoch: this.#shared?.epoch };
    // What it brings is kept, and its socket too, for longer than the request that causes it.
    const flight = outsideOfRequests(() => this.#newFlight(plan));
    this.#flights.set(key, flight);
    return flight;
  }

  #newFlight(plan: FlightPlan): ConnectionFlight {
    const { key } = plan;
    return new ConnectionFlight(plan, async (self, signal) => {
      try {
        return await this.#fetch(self, signal);
      } catch (error) {
        if (error instanceof ConnectorNotConnectedError) this.#rememberAbsence(self, error);
        throw error;
      } finally {
        if (this.#flights.get(key) === self) this.#flights.delete(key);
      }
    });
  }

  async #fetch(flight: ConnectionFlight, signal: AbortSignal): Promise<ConnectorConnection> {
    const { key, connector, identity, fresh } = flight.plan;
    const shared = await this.#shared?.read(flight.plan);
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
    if (connection === undefined) return undefined;
    const kept = this.#keep(flight, connection, ageMs);
    const nowMs = this.#clock.monotonicMs();
    const own = this.#kept.peek(flight.plan.key);
    if (own !== undefined && !isAbsence(own) && isOlder(kept, own)) return undefined;
    if (!isUsable(kept, nowMs)) return undefined;
    this.#remember(flight, kept);
    return mustRefresh(kept, nowMs) ? undefined : kept.promise;
  }

  #keep({ plan }: ConnectionFlight, fetched: FetchedConnection, ageMs?: number): KeptConnection {
    const { ttlMs, staleIfErrorMs } = this.#settings;
    const { epoch } = plan;
    return keep(fetched, {
      isPlain: isPlain(plan),
      ttlMs,
      staleIfErrorMs,
      clock: this.#clock,
      epoch,
      ageMs,
    });
  }

  #remember({ plan, isObsolete }: ConnectionFlight, kept: KeptConnection | KeptAbsence): void {
    if (!isObsolete) this.#kept.set(plan.key, kept);
  }

  #rememberAbsence(flight: ConnectionFlight, error: ConnectorNotConnectedError): void {
    const { key, connector, epoch } = flight.plan;
    if (!flight.isObsolete) void this.#shared?.remove(key);
    // A user's ends when they come back from the provider's page, and nobody is told.
    const ttlMs = connector.kind === 'appUserConnector' ? 0 : this.#settings.negativeTtlMs;
    const freshUntilMs = this.#clock.monotonicMs() + ttlMs;
    this.#remember(
      flight,
      keepAbsence(error, { isPlain: isPlain(flight.plan), freshUntilMs, epoch }),
    );
  }

  /** The last good connection, when Base44 failed in a way that may pass. */
  #lastGood(key: string, error: unknown): Promise<ConnectorConnection> | undefined {
    const kept = this.#kept.peek(key);
    const nowMs = this.#clock.monotonicMs();
    if (kept === undefined || isAbsence(kept) || !isUsable(kept, nowMs)) return undefined;
    if (kept.epoch !== this.#shared?.epoch) return undefined;
    const isPassing = isTransient(error);
    if (mustRefresh(kept, nowMs)) {
      const retryAtMs = nowMs + retryAfterMsOf(error);
      this.#kept.set(key, pauseRefresh(kept, { nowMs, retryAtMs, isPassing }));
    }
    return isPassing ? kept.promise : undefined;
  }

  #abandonFlight(key: string): void {
    const flight = this.#flights.get(key);
    if (flight === undefined) return;
    flight.isObsolete = true;
    this.#flights.delete(key);
  }

  #isCurrent({ epoch }: KeptConnection | KeptAbsence, nowMs: number): boolean {
    return this.#shared === undefined || this.#shared.vouchesFor(epoch, nowMs);
  }
}

/** Whose connection is wanted, and under which name it is kept. */
interface Order {
  readonly key: string;
  readonly subject: string;
  readonly connector: Connector;
  readonly identity: ActingIdentity;
}

function isPlain({ connector, identity }: Pick<Order, 'connector' | 'identity'>): boolean {
  return connector.kind === 'integrationType' && identity.key === '';
}

/** For the identity of the options an integration type is its own key; identifiers hold no dot, colon or slash. */
function keyOf(connector: Connector, { key }: ActingIdentity): string {
  const name = nameOf(connector);
  return key === '' ? name : `${key}/${name}`;
}

/** The end of the keys of a connector and a user, whatever service role asks for them. */
function subjectOf(connector: Connector, { userKey }: ActingIdentity): string {
  return `${userKey}/${nameOf(connector)}`;
}

function nameOf({ kind, id }: Connector): string {
  return kind === 'integrationType' ? id : `${kind}:${id}`;
}
