import { randomBytes } from 'node:crypto';
import KeyvRedis, { createClient } from '@keyv/redis';
import { Test } from '@nestjs/testing';
import { Keyv } from 'keyv';
import {
  type CacheOptions,
  ConnectorsModule,
  type ConnectorsModuleOptions,
  ConnectorsService,
} from 'nestjs-base44-connectors';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { sleep } from '../support/async.js';
import { optionsOf } from '../support/base44-options.js';
import { RedisServer } from '../support/redis-server.js';

export const newKey = (): string => randomBytes(32).toString('base64');

/** An application with a connection to Redis of its own, as another process would have. */
export interface SharingApp {
  readonly connectors: ConnectorsService;
  tokenOf(connector: string): Promise<string>;
  close(): Promise<void>;
}

export interface SharingAppOptions extends Omit<Partial<ConnectorsModuleOptions>, 'cache'> {
  readonly cache?: CacheOptions;
  /** @default that of the fixture's redis-server */
  readonly redisUrl?: string;
}

/** A Base44, a Redis, and applications that share connections through it. */
export class SharedStoreFixture {
  readonly encryptionKey = newKey();
  readonly warnings: string[] = [];
  readonly unhandled: unknown[] = [];
  readonly #apps: SharingApp[] = [];
  readonly #onUnhandled = (reason: unknown): void => void this.unhandled.push(reason);

  private constructor(
    readonly base44: Base44Emulator,
    readonly redis: RedisServer,
  ) {
    process.on('unhandledRejection', this.#onUnhandled);
  }

  static async start(): Promise<SharedStoreFixture> {
    return new SharedStoreFixture(await Base44Emulator.start(), await RedisServer.start());
  }

  get requestCount(): number {
    return this.base44.requests.length;
  }

  async boot({ cache, redisUrl, ...options }: SharingAppOptions = {}): Promise<SharingApp> {
    const redis = new KeyvRedis<string>(redisUrl ?? this.redis.url);
    const store = new Keyv<string>(redis);
    const encryptionKeys = [this.encryptionKey];
    const module = await Test.createTestingModule({
      imports: [
        ConnectorsModule.forRoot({
          ...optionsOf(this.base44),
          ...options,
          cache: { store, encryptionKeys, ...cache },
        }),
      ],
    })
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
      tokenOf: async (connector) => (await connectors.getConnection(connector)).accessToken,
      close: () => (closing ??= module.close().then(() => redis.disconnect(true))),
    };
    this.#apps.push(app);
    return app;
  }

  /** Connects so many connectors, named `service-0` and so on. */
  connectMany(count: number): string[] {
    const names = Array.from({ length: count }, (_, index) => `service-${index}`);
    for (const name of names) this.base44.connect(name, { accessToken: `token-of-${name}` });
    return names;
  }

  /** Everything in Redis, as it stands there. Waits until at least `count` entries do. */
  async entries(count = 0): Promise<Map<string, string>> {
    for (;;) {
      const all = await this.withClient(async (client) => {
        const keys = (await client.keys('*')).sort();
        return new Map(
          await Promise.all(keys.map(async (key) => [key, (await client.get(key)) ?? ''] as const)),
        );
      });
      if ([...all.keys()].filter((key) => key.includes('entry:')).length >= count) return all;
      await sleep(5);
    }
  }

  /** Waits until none of these entries stands in Redis as it did. */
  async untilReplaced(entries: ReadonlyMap<string, string>): Promise<void> {
    for (;;) {
      const now = await this.entries();
      if ([...entries].every(([name, entry]) => now.get(name) !== entry)) return;
      await sleep(5);
    }
  }

  async withClient<T>(work: (client: RedisClient) => Promise<T>): Promise<T> {
    const client = connectionTo(this.redis.url);
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
    process.off('unhandledRejection', this.#onUnhandled);
  }
}

const connectionTo = (url: string) => createClient({ url });

type RedisClient = ReturnType<typeof connectionTo>;

/** How long something takes, in milliseconds. */
export async function durationOf(work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await work();
  return performance.now() - startedAtMs;
}

/** Figures that a test measures are printed. */
export function print(figure: string): void {
  process.stdout.write(`  [shared store] ${figure}\n`);
}
