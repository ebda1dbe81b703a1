import { randomBytes } from 'node:crypto';
import KeyvRedis, { createClient } from '@keyv/redis';
import { Test } from '@nestjs/testing';
import { Redis } from 'ioredis';
import { Keyv } from 'keyv';
import {
  type CacheOptions,
  ConnectorsModule,
  type ConnectorsModuleOptions,
  ConnectorsService,
  createRedisLease,
} from 'nestjs-base44-connectors';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { Clock } from '../../lib/common/clock.js';
import { sleep } from '../support/async.js';
import { SkippingClock } from '../support/clocks.js';
import { RedisServer } from '../support/redis-server.js';
import { toOptions } from '../support/to-options.js';

/** Longer than a busy machine needs, so that only a test that asks for an outage meets one. */
const STORE_DEADLINE_MS = 10_000;

export const createKey = (): string => randomBytes(32).toString('base64');

export type LeaseClient = 'redis' | 'ioredis';

/** An application with its own connection to Redis, as another process has. */
export interface SharingApp {
  readonly connectors: ConnectorsService;
  getToken(connector: string): Promise<string>;
  close(): Promise<void>;
}

export interface SharingAppOptions extends Omit<Partial<ConnectorsModuleOptions>, 'cache'> {
  readonly cache?: CacheOptions;
  /** @default the URL of the fixture's redis-server */
  readonly redisUrl?: string;
  /** Connects to Redis before the application starts. */
  readonly connectsFirst?: boolean;
  /**
   * The package whose client the lease uses. A client of redis is that of the store.
   * @default no lease
   */
  readonly leaseClient?: LeaseClient;
}

/** A Base44, a Redis, and applications that share connections through it. */
export class SharedStoreFixture {
  readonly encryptionKey = createKey();
  /** Of all applications. */
  readonly clock = new SkippingClock();
  readonly warnings: string[] = [];
  readonly #apps: SharingApp[] = [];

  private constructor(
    readonly base44: Base44Emulator,
    readonly redis: RedisServer,
  ) {}

  static async start(): Promise<SharedStoreFixture> {
    return new SharedStoreFixture(await Base44Emulator.start(), await RedisServer.start());
  }

  /** The number of requests that Base44 received. */
  get requestCount(): number {
    return this.base44.requests.length;
  }

  async boot({
    cache,
    redisUrl,
    connectsFirst,
    leaseClient,
    ...options
  }: SharingAppOptions = {}): Promise<SharingApp> {
    const redis = new KeyvRedis<string>(redisUrl ?? this.redis.url);
    if (connectsFirst) await redis.getClient();
    const store = new Keyv<string>(redis);
    const ioredis = leaseClient === 'ioredis' ? createIORedis(redisUrl ?? this.redis.url) : null;
    const shared = {
      store,
      lease: leaseClient && createRedisLease(ioredis ?? redis.client),
      encryptionKeys: [this.encryptionKey],
      storeDeadlineMs: STORE_DEADLINE_MS,
    };
    const module = await Test.createTestingModule({
      imports: [
        ConnectorsModule.forRoot({
          ...toOptions(this.base44),
          ...options,
          cache: { ...shared, ...cache },
        }),
      ],
    })
      .overrideProvider(Clock)
      .useValue(this.clock)
      .setLogger({
        log: () => undefined,
        error: () => undefined,
        warn: (message: string) => this.warnings.push(message),
      })
      .compile();
    const connectors = module.get(ConnectorsService);
    let closing: Promise<void> | undefined;
    const app: SharingApp = {
      connectors,
      getToken: async (connector) => (await connectors.getConnection(connector)).accessToken,
      close: () =>
        (closing ??= module.close().then(() => {
          ioredis?.disconnect();
          return redis.disconnect(true);
        })),
    };
    this.#apps.push(app);
    return app;
  }

  /** Connects connectors named `service-0` and so on. */
  connectMany(count: number): string[] {
    const names = Array.from({ length: count }, (_, index) => `service-${index}`);
    for (const name of names) this.base44.connect(name, { accessToken: `token-of-${name}` });
    return names;
  }

  async countEntries(): Promise<number> {
    return this.countNames('entry');
  }

  /** Counts the values of a kind: `entry`, `generation`, `epoch`, `receipt` or `lease`. */
  async countNames(kind: string): Promise<number> {
    return countNames(await this.readStore(), kind);
  }

  /** Reads all keys and values of Redis. Waits until it holds at least `count` entries. */
  async readStore(count = 0): Promise<Map<string, string>> {
    for (;;) {
      const stored = await this.withRedis(async (client) => {
        const keys = (await client.keys('*')).sort();
        const values = await Promise.all(keys.map((key) => client.get(key)));
        return new Map(keys.map((key, index) => [key, values[index] ?? '']));
      });
      if (countNames(stored, 'entry') >= count) return stored;
      await sleep(5);
    }
  }

  /** Waits until every one of these values, or with `some` at least one, is replaced. */
  async waitUntilReplaced(
    stored: ReadonlyMap<string, string>,
    which: 'every' | 'some' = 'every',
  ): Promise<Map<string, string>> {
    for (;;) {
      const now = await this.readStore();
      if ([...stored][which](([key, value]) => now.get(key) !== value)) return now;
      await sleep(5);
    }
  }

  async withRedis<T>(work: (client: RedisClient) => Promise<T>): Promise<T> {
    const client = createRedisClient(this.redis.url);
    await client.connect();
    try {
      return await work(client);
    } finally {
      client.destroy();
    }
  }

  async close(): Promise<void> {
    this.redis.resume();
    await Promise.all(this.#apps.map((app) => app.close()));
    await Promise.all([this.redis.kill(), this.base44.close()]);
  }
}

const countNames = (stored: ReadonlyMap<string, string>, kind: string): number =>
  [...stored.keys()].filter((key) => key.includes(`${kind}:`)).length;

/** Handles the errors, as an application does. */
const createIORedis = (url: string): Redis => new Redis(url).on('error', () => undefined);

const createRedisClient = (url: string) => createClient({ url });

type RedisClient = ReturnType<typeof createRedisClient>;
