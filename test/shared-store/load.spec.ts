import { faults } from 'nestjs-base44-connectors/testing';
import { sleep } from '../support/async.js';
import { printFigure } from '../support/print-figure.js';
import { describeWithRedis } from '../support/redis-server.js';
import { SharedStoreFixture, type SharingApp } from './shared-store.fixture.js';

const TTL_MS = 60_000;
const TTLS = 4;
const STEPS_PER_TTL = 25;

describeWithRedis('Load on applications that share a store', () => {
  let fixture: SharedStoreFixture;

  beforeEach(async () => {
    fixture = await SharedStoreFixture.start();
    fixture.base44.connect('slack', { accessToken: 'xoxb-1' });
  });

  afterEach(() => fixture.close());

  const bootMany = (count: number, cache = {}): Promise<SharingApp[]> =>
    Promise.all(Array.from({ length: count }, () => fixture.boot({ cache })));

  it.each([1, 2, 4])('of %i applications causes few more requests than one', async (count) => {
    const apps = await bootMany(count, { ttlMs: TTL_MS });
    for (let step = 0; step < TTLS * STEPS_PER_TTL; step += 1) {
      await Promise.all(apps.map((app) => app.getToken('slack')));
      fixture.clock.skip(TTL_MS / STEPS_PER_TTL);
      await sleep(2);
    }
    printFigure(`${count} applications, ${TTLS} TTLs: requests`, fixture.requestCount);
    // Applications that find a renewal due at the same moment each send a request.
    expect(fixture.requestCount).toBeLessThanOrEqual((TTLS / 0.72 + 1) * count);
  });

  it('that starts at once causes at most one request for each application', async () => {
    const apps = await bootMany(3);
    fixture.base44.fault({ respond: faults.delay(50), times: Infinity });
    const tokens = await Promise.all(
      apps.flatMap((app) => Array.from({ length: 1_000 }, () => app.getToken('slack'))),
    );
    printFigure('3 applications, 1,000 cold resolves each at once: requests', fixture.requestCount);
    expect(new Set(tokens)).toEqual(new Set(['xoxb-1']));
    expect(fixture.requestCount).toBeLessThanOrEqual(3);
  });
});
