import { sleep, waitFor } from '../support/async.js';
import { findFreePort } from '../support/free-port.js';
import { printFigure } from '../support/print-figure.js';
import { describeWithRedis } from '../support/redis-server.js';
import {
  type SharingApp,
  type SharingAppOptions,
  SharedStoreFixture,
} from './shared-store.fixture.js';
import { TcpProxy } from './tcp-proxy.js';

/** Long enough that a Redis without a fault meets it on a busy machine. */
const STORE_DEADLINE_MS = 1_000;
const OUTAGE_MS = 2 * STORE_DEADLINE_MS;
const CACHE = { storeDeadlineMs: STORE_DEADLINE_MS, ttlMs: 50, staleIfErrorMs: 0 };
const OUTAGE = /^The shared store fails or does not respond in time\./;

describeWithRedis('A shared store', () => {
  let fixture: SharedStoreFixture;
  let names: string[];

  beforeEach(async () => {
    fixture = await SharedStoreFixture.start();
    names = fixture.connectMany(20);
  });

  afterEach(() => fixture.close());

  /**
   * Boots an application that is connected to Redis and uses it. Boots another one when the machine is so busy that
   * Redis misses the deadline without a fault.
   */
  const bootConnected = async (options: SharingAppOptions = {}): Promise<SharingApp> => {
    const app = await fixture.boot({ cache: CACHE, connectsFirst: true, ...options });
    await waitFor(async () => {
      await app.getToken('service-0');
      return fixture.warnings.length > 0 || (await fixture.countEntries()) > 0;
    });
    if (fixture.warnings.length === 0) return app;
    await app.close();
    fixture.warnings.length = 0;
    return bootConnected(options);
  };

  /**
   * Resolves connections for a while, and longer until `meanwhile` has settled. Each must succeed.
   *
   * @returns the time that the slowest one took
   */
  const resolveDuring = async (
    durationMs: number,
    app: SharingApp,
    meanwhile: Promise<unknown> = Promise.resolve(),
  ): Promise<number> => {
    const pending = new Set([meanwhile]);
    const settled = meanwhile.finally(() => {
      pending.clear();
    });
    const endMs = performance.now() + durationMs;
    let slowestMs = 0;
    for (let round = 0; pending.size > 0 || performance.now() < endMs; round += 1) {
      const name = names[round % names.length]!;
      const startMs = performance.now();
      expect(await app.getToken(name)).toBe(`token-of-${name}`);
      slowestMs = Math.max(slowestMs, performance.now() - startMs);
      await sleep(round % 7);
    }
    await settled;
    return slowestMs;
  };

  /** Waits until the application writes entries again. */
  const waitUntilUsed = (): Promise<unknown> => fixture.readStore(1);

  /** The promise is one or two store deadlines. The bound only tells a delay from a hang. */
  const expectNoHang = (fault: string, slowestMs: number): void => {
    const deadlines = (slowestMs / STORE_DEADLINE_MS).toFixed(2);
    printFigure(`store ${fault}: slowest resolve`, `${deadlines} store deadlines`);
    expect(slowestMs).toBeLessThan(10 * STORE_DEADLINE_MS);
  };

  it('that is down from the start fails no call and causes one warning', async () => {
    const redisUrl = `redis://127.0.0.1:${await findFreePort()}`;
    const app = await fixture.boot({ redisUrl, cache: CACHE });
    expectNoHang('down from the start', await resolveDuring(OUTAGE_MS, app));
    expect(fixture.warnings).toEqual([expect.stringMatching(OUTAGE)]);
  });

  it('that is killed, restarted and killed fails no call and causes one warning for each outage', async () => {
    const app = await bootConnected();
    const killedMs = await resolveDuring(OUTAGE_MS, app, fixture.redis.kill());
    expect(fixture.warnings).toEqual([expect.stringMatching(OUTAGE)]);
    await fixture.redis.start();
    const recoveringMs = await resolveDuring(0, app, waitUntilUsed());
    // An outage is over once the store has responded for half a second.
    const steadyMs = await resolveDuring(OUTAGE_MS, app);
    expect(fixture.warnings).toHaveLength(1);
    await fixture.redis.kill();
    const againMs = await resolveDuring(OUTAGE_MS, app);
    expect(fixture.warnings).toHaveLength(2);
    expectNoHang('killed twice', Math.max(killedMs, recoveringMs, steadyMs, againMs));
  });

  it('that hangs fails no call and causes one warning, and is used again afterwards', async () => {
    const app = await bootConnected();
    fixture.redis.hang();
    const hungMs = await resolveDuring(OUTAGE_MS, app);
    expect(fixture.warnings).toEqual([expect.stringMatching(OUTAGE)]);
    fixture.redis.resume();
    const recoveringMs = await resolveDuring(0, app, waitUntilUsed());
    expect(fixture.warnings).toHaveLength(1);
    expectNoHang('hung', Math.max(hungMs, recoveringMs));
  });

  it('that responds after the deadline fails no call and causes one warning', async () => {
    const proxy = await TcpProxy.start(fixture.redis.port);
    proxy.delayMs = () => 2 * STORE_DEADLINE_MS;
    const app = await fixture.boot({ redisUrl: proxy.url, cache: CACHE });
    expectNoHang('too late', await resolveDuring(OUTAGE_MS, app));
    expect(fixture.warnings).toEqual([expect.stringMatching(OUTAGE)]);
  });

  it('that is slow but within the deadline fails no call and causes no warning', async () => {
    const proxy = await TcpProxy.start(fixture.redis.port);
    const cache = { ...CACHE, storeDeadlineMs: 5_000 };
    const app = await bootConnected({ redisUrl: proxy.url, cache });
    proxy.delayMs = () => 300;
    const slowMs = await resolveDuring(OUTAGE_MS, app);
    fixture.clock.skip(1_000);
    expectNoHang('slow', Math.max(slowMs, await resolveDuring(200, app)));
    expect(fixture.warnings).toEqual([]);
  });

  it('that is sometimes too late fails no call and causes at most one warning a second', async () => {
    const proxy = await TcpProxy.start(fixture.redis.port);
    const app = await bootConnected({ redisUrl: proxy.url });
    proxy.delayMs = () => Math.random() * 2 * STORE_DEADLINE_MS;
    const startMs = performance.now();
    expectNoHang('sometimes too late', await resolveDuring(2_500, app));
    const seconds = (performance.now() - startMs) / 1_000;
    printFigure('store sometimes too late for 2.5 s: warnings', fixture.warnings.length);
    expect(fixture.warnings.length).toBeLessThanOrEqual(seconds + 1);
  });
});
