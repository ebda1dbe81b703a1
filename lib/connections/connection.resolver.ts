import { LRUCache } from 'lru-cache';
import type { ServiceRoleClient } from '../clients/service-role.client.js';
import type {
  ConnectorConnection,
  GetConnectionOptions,
} from '../interfaces/connector-connection.interface.js';
import type { Connector } from '../interfaces/connector.interface.js';
import type { ConnectorsOptions } from '../options/connectors.options.js';
import type { ResiliencePolicy } from '../resilience/resilience.policy.js';

/**
 * Gives the connection of a connector: the one it keeps, or a new one from Base44.
 *
 * @internal
 */
export class ConnectionResolver {
  readonly #client: ServiceRoleClient;
  readonly #policy: ResiliencePolicy;
  readonly #kept: LRUCache<string, ConnectorConnection> | undefined;

  constructor(
    client: ServiceRoleClient,
    policy: ResiliencePolicy,
    { cache }: Pick<ConnectorsOptions, 'cache'>,
  ) {
    this.#client = client;
    this.#policy = policy;
    this.#kept = cache ? new LRUCache({ max: cache.maxEntries, ttl: cache.ttlMs }) : undefined;
  }

  async resolve(
    connector: Connector,
    { signal, fresh = false }: GetConnectionOptions = {},
  ): Promise<ConnectorConnection> {
    const key = keyOf(connector);
    const kept = fresh ? undefined : this.#kept?.get(key);
    if (kept !== undefined) return kept;
    const connection = await this.#policy.execute(connector.id, signal, (abort) =>
      this.#client.fetchConnection(connector, abort),
    );
    this.#kept?.set(key, connection);
    return connection;
  }

  /** Forgets the connection of one connector, or all of them. */
  async invalidate(connector?: Connector): Promise<void> {
    if (connector === undefined) this.#kept?.clear();
    else this.#kept?.delete(keyOf(connector));
    return Promise.resolve();
  }
}

function keyOf({ kind, id }: Connector): string {
  return `${kind}:${id}`;
}
