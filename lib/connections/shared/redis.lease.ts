import { ConnectorsConfigurationError } from '../../errors/connectors-configuration.error.js';
import type { ConnectorsLease } from '../../interfaces/cache-options.interface.js';

const PREFIX = 'base44-connectors:';

const ACQUIRE = "return redis.call('set', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])";

/** Compares first, because a lease that has ended may have another holder. */
const RELEASE =
  "if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end " +
  "return redis.call('del', KEYS[1])";

/**
 * A client of the package redis or @redis/client: a client, a cluster or a pool.
 *
 * @publicApi
 */
export interface NodeRedisClient {
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

/**
 * A client of the package ioredis: a client or a cluster.
 *
 * @publicApi
 */
export interface IORedisClient {
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
  /** Tells a client of ioredis from a client of redis. */
  readonly defineCommand: unknown;
}

/**
 * Creates the lease of the option `cache.lease` in a Redis. It uses scripts (`EVAL`) with `SET NX PX` and
 * a compare-and-delete. The names start with `base44-connectors:lease:`.
 *
 * The application connects the client, handles its errors and closes it.
 *
 * @throws {@link ConnectorsConfigurationError} when the value is not a client of redis or ioredis
 * @example
 * ```ts
 * const client = await createClient({ url }).on('error', console.error).connect();
 * const cache = { store, encryptionKeys, lease: createRedisLease(client) };
 * ```
 * @publicApi
 */
export function createRedisLease(client: NodeRedisClient | IORedisClient): ConnectorsLease {
  requireClient(client);
  return {
    acquire: async (name, holder, ttlMs) =>
      (await evaluate(client, ACQUIRE, PREFIX + name, [holder, String(ttlMs)])) === 'OK',
    release: (name, holder) => evaluate(client, RELEASE, PREFIX + name, [holder]),
  };
}

async function evaluate(
  client: NodeRedisClient | IORedisClient,
  script: string,
  key: string,
  args: string[],
): Promise<unknown> {
  return 'defineCommand' in client
    ? client.eval(script, 1, key, ...args)
    : client.eval(script, { keys: [key], arguments: args });
}

function requireClient(client: unknown): void {
  const { eval: method } = Object(client) as { eval?: unknown };
  if (typeof method === 'function') return;
  throw new ConnectorsConfigurationError(
    'createRedisLease() received no Redis client. Pass a client of the package redis or ioredis.',
  );
}
