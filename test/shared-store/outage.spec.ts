import { monitorEventLoopDelay } from 'node:perf_hooks';
import { sleep } from '../support/async.js';
import { freePort } from '../support/free-port.js';
import { describeWithRedis } from '../support/redis-server.js';
import {
  durationOf,
  print,
  type SharingApp,
  type SharingAppOptions,
  SharedStoreFixture,
} from './shared-store.fixture.js';
import { TcpProxy } from './tcp-proxy.js';

const STORE_DEADLINE_MS = 200;
const OUTAGE = /^The shared store fails or does not answer in time\./;

describeWithRedis('A shared store that fails', () => {
  let fixture: SharedStoreFixture;
  let names: string[];
  let proxy: TcpProxy | undefined;
  let slowestWithoutStoreMs: number;
  let lag: ReturnType<typeof monitorEventLoopDelay>;

  /** Boots an application; its connection to Redis stands. */
  const bootConnected = async (options: SharingAppOptions): Promise<SharingApp> => {
    const app = await fixture.boot(options);
    await app.tokenOf('service-0');
    await sleep(STORE_DEADLINE_MS);
    await resolveFor(200, app);
    expect(fixture.warnings).toEqual([]);
    return app;
  };

  const cache = { storeDeadlineMs: STORE_DEADLINE_MS, ttlMs: 50, staleIfErrorMs: 0 };

  beforeEach(async () => {
    fixture = await SharedStoreFixture.start();
    names = fixture.connectMany(20);
    const alone = await fixture.boot({
      cache: { ...cache, store: undefined, encryptionKeys: undefined },
    });
    await resolveFor(200, alone);
    slowestWithoutStoreMs = await resolveFor(300, alone);
    lag = monitorEventLoopDelay({ resolution: 1 });
    lag.enable();
  });

  afterEach(async () => {
    lag.disable();
    await proxy?.close();
    proxy = undefined;
    await fixture.close();
    expect(fixture.unhandled).toEqual([]);
  });

  /** Resolves all the time, with and without pauses; every one succeeds. The slowest one, in milliseconds. */
  const resolveFor = async (
    durationMs: number,
    app: SharingApp,
    meanwhile?: Promise<unknown>,
  ): Promise<number> => {
    const endMs = performance.now() + durationMs;
    let slowestMs = 0;
    for (let round = 0; performance.now() < endMs; round += 1) {
      const name = names[round % names.length]!;
      const tookMs = await durationOf(async () => {
        expect(await app.tokenOf(name)).toBe(`token-of-${name}`);
      });
      slowestMs = Math.max(slowestMs, tookMs);
      await sleep(round % 7);
    }
    await meanwhile;
    return slowestMs;
  };

  /** Until entries are written again. */
  const isUsed = async (): Promise<void> => {
    await sleep(1_200);
    await fixture.entries(1);
  };

  /** What the store costs at most: so many steps, one after the other. */
  const expectDelay = (fault: string, slowestMs: number, steps: number): void => {
    // A machine that is busy with something else is late with everything.
    const lagMs = lag.max / 1e6;
    const delayMs = slowestMs - slowestWithoutStoreMs;
    const figures = [slowestMs, slowestWithoutStoreMs, delayMs].map((ms) => ms.toFixed(1));
    print(
      `${fault}: slowest resolve ${figures[0]} ms, without a store ${figures[1]} ms, ` +
        `delay ${figures[2]} ms = ${(delayMs / STORE_DEADLINE_MS).toFixed(2)} store deadlines; ` +
        `event loop late by ${lagMs.toFixed(1)} ms at most`,
    );
    expect(delayMs).toBeLessThanOrEqual(steps * STORE_DEADLINE_MS + 10 + lagMs);
  };

  it('because it is down from the start costs one deadline, and one warning', async () => {
    const redisUrl = `redis://127.0.0.1:${await freePort()}`;
    const app = await fixture.boot({ redisUrl, cache });
    expectDelay('down at start', await resolveFor(1_500, app), 1);
    expect(fixture.warnings).toEqual([expect.stringMatching(OUTAGE)]);
  });

  it('because it is killed costs one deadline; it recovers, and each outage is warned of once', async () => {
    const app = await bootConnected({ cache });
    setTimeout(() => void fixture.redis.kill(), 50);
    const killedMs = await resolveFor(1_500, app);
    expect(fixture.warnings).toEqual([expect.stringMatching(OUTAGE)]);
    await fixture.redis.start();
    const recoveringMs = await resolveFor(2_500, app, isUsed());
    // However late it was used again, it must have answered for a while before the next outage is one.
    const steadyMs = await resolveFor(1_500, app);
    expect(fixture.warnings).toHaveLength(1);
    await fixture.redis.kill();
    const againMs = await resolveFor(1_500, app);
    expect(fixture.warnings).toHaveLength(2);
    const slowestMs = Math.max(killedMs, recoveringMs, steadyMs, againMs);
    expectDelay('killed, restarted, killed', slowestMs, 1);
  }, 20_000);

  it('because it hangs costs one deadline; it recovers, with one warning', async () => {
    const app = await bootConnected({ cache });
    fixture.redis.hang();
    const hungMs = await resolveFor(1_500, app);
    expect(fixture.warnings).toEqual([expect.stringMatching(OUTAGE)]);
    fixture.redis.resume();
    const recoveringMs = await resolveFor(2_000, app, isUsed());
    expect(fixture.warnings).toHaveLength(1);
    expectDelay('hung, resumed', Math.max(hungMs, recoveringMs), 1);
  });

  it('because it answers too late costs one deadline, and one warning', async () => {
    proxy = await TcpProxy.start(fixture.redis.port);
    proxy.delayMs = () => 2 * STORE_DEADLINE_MS;
    const app = await fixture.boot({ redisUrl: proxy.url, cache });
    expectDelay('twice the deadline late', await resolveFor(1_500, app), 1);
    expect(fixture.warnings).toEqual([expect.stringMatching(OUTAGE)]);
  });

  it('to answer soon costs two deadlines at most, and no warning', async () => {
    proxy = await TcpProxy.start(fixture.redis.port);
    const app = await bootConnected({ redisUrl: proxy.url, cache });
    proxy.delayMs = () => 0.6 * STORE_DEADLINE_MS;
    const slowMs = await resolveFor(1_500, app);
    await sleep(900);
    const afterPauseMs = await resolveFor(200, app);
    expectDelay('0.6 deadlines late', Math.max(slowMs, afterPauseMs), 2);
    expect(fixture.warnings).toEqual([]);
  });

  it('now and then costs two deadlines at most, and is warned of once a second at most', async () => {
    proxy = await TcpProxy.start(fixture.redis.port);
    const app = await bootConnected({ redisUrl: proxy.url, cache });
    proxy.delayMs = () => Math.random() * 2 * STORE_DEADLINE_MS;
    expectDelay('0 to 2 deadlines late', await resolveFor(2_500, app), 2);
    print(`0 to 2 deadlines late: ${fixture.warnings.length} warnings in 2.5 s`);
    expect(fixture.warnings.length).toBeLessThanOrEqual(4);
  });
});
