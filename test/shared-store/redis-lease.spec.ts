import { createClient } from '@keyv/redis';
import { Redis } from 'ioredis';
import {
  ConnectorsConfigurationError,
  type ConnectorsLease,
  createRedisLease,
} from 'nestjs-base44-connectors';
import { waitFor } from '../support/async.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';

const LONG_MS = 600_000;

const CREATE = {
  redis: async (url: string): Promise<ConnectorsLease> => {
    const client = await createClient({ url }).connect();
    closeAfterTest(() => {
      client.destroy();
    });
    return createRedisLease(client);
  },
  ioredis: async (url: string): Promise<ConnectorsLease> => {
    const client = new Redis(url);
    closeAfterTest(() => {
      client.disconnect();
    });
    return createRedisLease(client);
  },
};

describeWithRedis('The lease of createRedisLease()', () => {
  describe.each(Object.entries(CREATE))('with a client of %s', (_name, create) => {
    let redis: RedisServer;
    let lease: ConnectorsLease;

    beforeEach(async () => {
      redis = await RedisServer.start();
      closeAfterTest(() => redis.kill());
      lease = await create(redis.url);
    });

    it('has one holder at a time', async () => {
      const holders = Array.from({ length: 100 }, (_, index) => `holder-${index}`);
      const acquired = await Promise.all(
        holders.map((holder) => lease.acquire('lease:a', holder, LONG_MS)),
      );
      expect(acquired.filter(Boolean)).toHaveLength(1);
      await expect(lease.acquire('lease:b', 'holder-1', LONG_MS)).resolves.toBe(true);
    });

    it('is released by its holder only', async () => {
      await lease.acquire('lease:a', 'one', LONG_MS);
      await lease.release('lease:a', 'other');
      await expect(lease.acquire('lease:a', 'other', LONG_MS)).resolves.toBe(false);
      await lease.release('lease:a', 'one');
      await expect(lease.acquire('lease:a', 'other', LONG_MS)).resolves.toBe(true);
    });

    it('ends by itself, and its former holder does not release the next one', async () => {
      await lease.acquire('lease:a', 'one', 1);
      await waitFor(() => lease.acquire('lease:a', 'other', LONG_MS));
      await lease.release('lease:a', 'one');
      await expect(lease.acquire('lease:a', 'one', LONG_MS)).resolves.toBe(false);
    });
  });
});

it.each([undefined, null, 'redis://127.0.0.1', {}])(
  'createRedisLease(%p) throws, because it needs a client',
  (client) => {
    const create = (): unknown => createRedisLease(client as never);
    expect(create).toThrow(ConnectorsConfigurationError);
    expect(create).toThrow('Pass a client of the package redis or ioredis.');
  },
);
