import KeyvRedis from '@keyv/redis';
import { Keyv } from 'keyv';
import { createRedisLease } from 'nestjs-base44-connectors';
import { setTimeout as pause } from 'node:timers/promises';
import { connectorsService } from '../support/connectors.mjs';
import { serveParent } from '../support/worker.mjs';

let service;

serveParent({
  async prepare({ serverUrl, redisUrl, encryptionKey, hasLease, ttlMs }) {
    const redis = redisUrl && new KeyvRedis(redisUrl);
    const shared = redis && {
      store: new Keyv({ store: redis }),
      lease: hasLease ? createRedisLease(redis.client) : undefined,
      encryptionKeys: [encryptionKey],
    };
    service = await connectorsService({ serverUrl, cache: { ttlMs, ...shared } });
  },

  /** Resolves every connection each `everyMs`. */
  async load({ connections, everyMs, forMs }) {
    let resolves = 0;
    const endMs = Date.now() + forMs;
    while (Date.now() < endMs) {
      for (let index = 0; index < connections; index += 1) {
        await service.getConnection(`connector-${index}`);
        resolves += 1;
      }
      await pause(everyMs);
    }
    return resolves;
  },
});
