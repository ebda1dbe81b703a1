import { faults } from 'nestjs-base44-connectors/testing';
import { sleep } from '../support/async.js';
import { optionsOf } from '../support/base44-options.js';
import { describeWithRedis } from '../support/redis-server.js';
import { type RunningApplication, runApplication, type Task } from './children/run-application.js';
import { durationOf, print, SharedStoreFixture } from './shared-store.fixture.js';

describeWithRedis('Processes that share a store', () => {
  let fixture: SharedStoreFixture;
  let task: Task;

  beforeEach(async () => {
    fixture = await SharedStoreFixture.start();
    fixture.base44.connect('slack', { accessToken: 'xoxb-1' });
    const { encryptionKey, redis, base44 } = fixture;
    task = {
      redisUrl: redis.url,
      options: { ...optionsOf(base44), encryptionKey } as Task['options'],
      ttlMs: 60_000,
      durationMs: 0,
      isClosedMeanwhile: false,
    };
  });

  afterEach(async () => {
    await fixture.close();
    expect(fixture.unhandled).toEqual([]);
  });

  const run = (): RunningApplication['ended'] => {
    const app = runApplication(task);
    app.begin();
    return app.ended;
  };

  it('need one request for all of them, and end by themselves', async () => {
    const outcomes = [await run(), ...(await Promise.all([run(), run()]))];
    for (const outcome of outcomes) expect(outcome).toMatchObject({ resolved: 1_000, exitCode: 0 });
    expect(fixture.requestCount).toBe(1);
  }, 20_000);

  it.each([
    [
      'while Redis hangs',
      () => {
        fixture.redis.hang();
      },
    ],
    [
      'while Base44 hangs',
      () => {
        fixture.base44.fault({ respond: faults.hang(), times: Infinity });
      },
    ],
  ])(
    'close %s and end by themselves',
    async (kind, fail) => {
      const app = runApplication({ ...task, isClosedMeanwhile: true });
      await app.ready;
      fail();
      app.begin();
      let outcome: Awaited<typeof app.ended> | undefined;
      const endedMs = await durationOf(async () => (outcome = await app.ended));
      const closedMs = outcome!.closedInMs.toFixed(0);
      print(
        `closing 1,000 in flight ${kind}: ${closedMs} ms, process ended ${endedMs.toFixed(0)} ms`,
      );
      expect(outcome).toMatchObject({ exitCode: 0 });
      expect(outcome!.resolved + outcome!.failed).toBe(1_000);
      expect(endedMs).toBeLessThan(4_000);
    },
    20_000,
  );

  it('outlive a Redis that is killed and started again, without a failure', async () => {
    const app = runApplication({ ...task, ttlMs: 20, durationMs: 3_000 });
    await app.ready;
    app.begin();
    await sleep(500);
    await fixture.redis.kill();
    await sleep(500);
    await fixture.redis.start();
    const outcome = await app.ended;
    print(`Redis killed for 500 ms: ${outcome.resolved} resolved, ${outcome.failed} failed`);
    expect(outcome).toMatchObject({ failed: 0, exitCode: 0, warnings: 1 });
  }, 20_000);
});
