import KeyvRedis from '@keyv/redis';
import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { Keyv } from 'keyv';
import { type CacheOptions, createRedisLease } from 'nestjs-base44-connectors';

/** The Redis that the processes share. Without `REDIS_URL`, each process has a cache of its own. */
@Injectable()
export class SharedStore {
  readonly options: CacheOptions;
  readonly #store: Keyv | undefined;

  constructor(config: ConfigService) {
    const redisUrl = config.get<string>('REDIS_URL');
    const redis = redisUrl === undefined ? undefined : new KeyvRedis<string>(redisUrl);
    this.#store = redis && new Keyv(redis);
    this.options = redis
      ? {
          store: this.#store,
          encryptionKeys: config.getOrThrow<string>('CONNECTORS_KEYS').split(','),
          lease: createRedisLease(redis.client),
        }
      : {};
  }

  /** Ends the connection, which would keep the process running. */
  async disconnect(): Promise<void> {
    await this.#store?.disconnect();
  }
}
