import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { Test } from '@nestjs/testing';
import {
  type CacheOptions,
  ConnectorsModule,
  type ConnectorsModuleOptions,
  ConnectorsService,
  type ConnectorsStore,
} from 'nestjs-base44-connectors';
import { Clock } from '../../lib/common/clock.js';
import { ManualClock } from '../support/clocks.js';
import { TokenServer } from '../support/token-server.js';

const START_MS = Date.UTC(2026, 0, 1);

/** Both times pass only when a test advances them. */
export class StoppedClock extends ManualClock {
  constructor(
    private readonly base = new ManualClock(),
    private readonly skewMs = 0,
  ) {
    super();
  }

  override monotonicMs(): number {
    return this.base.monotonicMs();
  }

  override wallMs(): number {
    return START_MS + this.base.monotonicMs() + this.skewMs;
  }

  override advance(ms: number): void {
    this.base.advance(ms);
  }

  /** Returns the clock of another machine, whose time of day differs. */
  skewed(skewMs: number): StoppedClock {
    return new StoppedClock(this.base, skewMs);
  }
}

/** A store in memory, which a test can read, delay and break. */
export class MemoryStore extends EventEmitter implements ConnectorsStore {
  readonly values = new Map<string, string>();
  /** The times to live of the values. */
  readonly ttlsMs = new Map<string, number | undefined>();
  /** The calls, such as `get entry:…`. */
  calls: string[] = [];
  /** Runs before each call. It can throw or wait. */
  before: (call: string) => unknown = () => undefined;

  get = (name: string): Promise<unknown> => this.#call(`get ${name}`, () => this.values.get(name));

  set = (name: string, value: string, ttlMs?: number): Promise<unknown> =>
    this.#call(`set ${name}`, () => {
      this.values.set(name, value);
      this.ttlsMs.set(name, ttlMs);
    });

  delete = (name: string): Promise<unknown> =>
    this.#call(`delete ${name}`, () => this.values.delete(name));

  /** Returns the calls that start with this text. */
  find(call: string): string[] {
    return this.calls.filter((each) => each.startsWith(call));
  }

  /** Returns the names of a kind: `entry`, `generation`, `epoch` or `receipt`. */
  names(kind: string): string[] {
    return [...this.values.keys()].filter((name) => name.startsWith(`${kind}:`));
  }

  async #call(call: string, work: () => unknown): Promise<unknown> {
    this.calls.push(call);
    await this.before(call);
    return work();
  }
}

export interface MemoryStoreAppOptions extends Omit<Partial<ConnectorsModuleOptions>, 'cache'> {
  readonly cache?: CacheOptions;
  readonly clock?: Clock;
}

/** An application that uses the store, as another process does. */
export interface MemoryStoreApp {
  readonly connectors: ConnectorsService;
  getToken(connector?: string): Promise<string>;
  close(): Promise<void>;
}

/** A Base44, a clock, and applications that share a store in memory. */
export class MemoryStoreFixture {
  readonly encryptionKey = randomBytes(32).toString('base64');
  server!: TokenServer;
  store!: MemoryStore;
  clock!: StoppedClock;
  warnings: string[] = [];
  /** The lines that the store logs at the level `log`. */
  lines: string[] = [];
  errors: unknown[] = [];
  /** The name of the logger that logged the last warning. */
  loggerName: string | undefined;
  #apps: MemoryStoreApp[] = [];

  static forEachTest(): MemoryStoreFixture {
    const fixture = new MemoryStoreFixture();
    beforeEach(async () => {
      fixture.server = await TokenServer.start();
      fixture.store = new MemoryStore();
      fixture.clock = new StoppedClock();
      fixture.warnings = [];
      fixture.lines = [];
      fixture.errors = [];
      fixture.#apps = [];
    });
    afterEach(async () => {
      fixture.store.before = () => undefined;
      await Promise.all(fixture.#apps.map((app) => app.close()));
      await fixture.server.close();
    });
    return fixture;
  }

  async boot({ cache, clock, ...options }: MemoryStoreAppOptions = {}): Promise<MemoryStoreApp> {
    const shared = {
      store: this.store,
      encryptionKeys: [this.encryptionKey],
      storeDeadlineMs: 300_000,
    };
    const module = await Test.createTestingModule({
      imports: [
        ConnectorsModule.forRoot({
          appId: 'app1',
          serviceToken: 'service-token',
          serverUrl: this.server.url,
          ...options,
          cache: { ...shared, ...cache },
        }),
      ],
    })
      .overrideProvider(Clock)
      .useValue(clock ?? this.clock)
      .setLogger({
        log: (message: string, loggerName: string) => {
          if (loggerName === 'ConnectorsStore') this.lines.push(message);
        },
        error: (error: unknown) => this.errors.push(error),
        warn: (message: string, loggerName: string) => {
          this.warnings.push(message);
          this.loggerName = loggerName;
        },
      })
      .compile();
    const connectors = module.get(ConnectorsService);
    let closing: Promise<void> | undefined;
    const app: MemoryStoreApp = {
      connectors,
      getToken: async (connector = 'slack') =>
        (await connectors.getConnection(connector)).accessToken,
      close: () => (closing ??= module.close()),
    };
    this.#apps.push(app);
    return app;
  }
}
