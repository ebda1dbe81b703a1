import { once } from 'node:events';
import { faults } from 'nestjs-base44-connectors/testing';
import { sleep } from '../support/async.js';
import { type Child, forkChild } from '../support/child-process.js';
import { printFigure } from '../support/print-figure.js';
import { describeWithRedis } from '../support/redis-server.js';
import { toOptions } from '../support/to-options.js';
import { SharedStoreFixture } from './shared-store.fixture.js';

/** What an application does in a process of its own. */
export interface SharingTask {
  readonly redisUrl: string;
  readonly options: {
    readonly serverUrl: string;
    readonly appId: string;
    readonly serviceToken: string;
    readonly encryptionKey: string;
  };
  readonly ttlMs: number;
  readonly storeDeadlineMs: number;
  /** Resolves one connection after another for so long. 0: resolves 1,000 at once. */
  readonly durationMs: number;
  /** Closes while the 1,000 are in flight. */
  readonly closesInFlight: boolean;
}

interface Outcome {
  readonly resolved: number;
  readonly failed: number;
  readonly closedInMs: number;
}

describeWithRedis('Processes that share a store', () => {
  let fixture: SharedStoreFixture;
  let task: SharingTask;

  beforeEach(async () => {
    fixture = await SharedStoreFixture.start();
    fixture.base44.connect('slack', { accessToken: 'xoxb-1' });
    const { encryptionKey, redis, base44 } = fixture;
    task = {
      redisUrl: redis.url,
      options: { ...toOptions(base44), encryptionKey } as SharingTask['options'],
      ttlMs: 60_000,
      storeDeadlineMs: 10_000,
      durationMs: 0,
      closesInFlight: false,
    };
  });

  afterEach(() => fixture.close());

  /** Starts a process, which waits for {@link begin}. */
  const start = async (changes: Partial<SharingTask> = {}): Promise<Child> => {
    const child = await forkChild('sharing-application', { ...task, ...changes });
    await once(child.process, 'message');
    return child;
  };

  const begin = async ({ process, result }: Child): Promise<Outcome> => {
    process.send('begin');
    return (await result) as Outcome;
  };

  it('send one request altogether, and exit by themselves', async () => {
    const first = await begin(await start());
    const others = await Promise.all((await Promise.all([start(), start()])).map(begin));
    for (const outcome of [first, ...others]) expect(outcome).toMatchObject({ resolved: 1_000 });
    expect(fixture.requestCount).toBe(1);
  });

  it.each([
    [
      'Redis',
      () => {
        fixture.redis.hang();
      },
    ],
    [
      'Base44',
      () => {
        fixture.base44.fault({ respond: faults.hang(), times: Infinity });
      },
    ],
  ])('close while %s hangs, and exit by themselves', async (hanging, hang) => {
    const child = await start({ closesInFlight: true, storeDeadlineMs: 1_000 });
    hang();
    const { resolved, failed, closedInMs } = await begin(child);
    printFigure(`close with 1,000 in flight while ${hanging} hangs`, `${closedInMs.toFixed(0)} ms`);
    expect(resolved + failed).toBe(1_000);
  });

  it('outlive a Redis that is killed and restarted, without a failure', async () => {
    const child = await start({ ttlMs: 20, storeDeadlineMs: 1_000, durationMs: 3_000 });
    const ending = begin(child);
    await sleep(500);
    await fixture.redis.kill();
    await sleep(500);
    await fixture.redis.start();
    const { resolved, failed } = await ending;
    printFigure('Redis killed for 500 ms: resolved, failed', `${resolved}, ${failed}`);
    expect(failed).toBe(0);
    expect(child.output.split('ConnectorsStore')).toHaveLength(2);
  });
});
