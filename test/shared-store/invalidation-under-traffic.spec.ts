import { faults } from 'nestjs-base44-connectors/testing';
import { sleep, waitFor } from '../support/async.js';
import { describeWithRedis } from '../support/redis-server.js';
import { type SharingApp, SharedStoreFixture } from './shared-store.fixture.js';

/** The promised time in which an invalidation reaches every process. */
const PROPAGATION_MS = 1_000;

describeWithRedis('An invalidation in one of several applications', () => {
  let fixture: SharedStoreFixture;

  beforeEach(async () => {
    fixture = await SharedStoreFixture.start();
    fixture.base44.connect('slack', { accessToken: 'xoxb-0' });
    fixture.base44.connect('notion', { accessToken: 'notion-0' });
  });

  afterEach(() => fixture.close());

  it('of all connections is not undone by an invalidation of one connection elsewhere', async () => {
    const [one, idle, other] = [await fixture.boot(), await fixture.boot(), await fixture.boot()];
    await other.getToken('slack');
    fixture.base44.connect('slack', { accessToken: 'xoxb-1' });
    await one.connectors.invalidate();
    await idle.connectors.invalidate('notion');
    await waitFor(async () => (await fixture.countNames('receipt')) >= 2);
    fixture.clock.skip(PROPAGATION_MS);
    await expect(other.getToken('slack')).resolves.toBe('xoxb-1');
  });

  it('of another connection does not detach requests in flight', async () => {
    const [one, other] = [await fixture.boot(), await fixture.boot()];
    fixture.base44.fault({ respond: faults.delay(500) });
    const calls: Promise<string>[] = [];
    for (let round = 0; round < 10; round += 1) {
      calls.push(other.getToken('slack'));
      await one.connectors.invalidate('notion');
      await other.connectors.invalidate('notion');
      await sleep(30);
    }
    await expect(Promise.all(calls)).resolves.toEqual(Array.from({ length: 10 }, () => 'xoxb-0'));
    expect(fixture.requestCount).toBe(1);
  });

  it('of another connection does not evict stale connections that an outage of Base44 needs', async () => {
    const cache = { ttlMs: 10_000 };
    const [one, other] = [await fixture.boot(), await fixture.boot({ cache, resilience: false })];
    await other.getToken('slack');
    fixture.base44.fault({ respond: faults.status(503), times: Infinity });
    for (let round = 0; round < 5; round += 1) {
      fixture.clock.skip(12_000);
      await one.connectors.invalidate('notion');
      await other.connectors.invalidate('notion');
      await expect(other.getToken('slack')).resolves.toBe('xoxb-0');
    }
  });

  describe('while Redis hangs', () => {
    let app: SharingApp;

    beforeEach(async () => {
      app = await fixture.boot({ cache: { storeDeadlineMs: 2_000 } });
    });

    const invalidateDuringOutage = async (): Promise<void> => {
      fixture.redis.hang();
      fixture.base44.connect('slack', { accessToken: 'xoxb-1' });
      await app.connectors.invalidate('slack');
    };

    it('is told by itself when Redis responds again', async () => {
      const other = await fixture.boot();
      await other.getToken('slack');
      await app.getToken('slack');
      await invalidateDuringOutage();
      fixture.redis.resume();
      await waitFor(async () => (await fixture.countNames('receipt')) > 0);
      fixture.clock.skip(PROPAGATION_MS);
      await expect(other.getToken('slack')).resolves.toBe('xoxb-1');
    });

    it('is told at shutdown if Redis responds again', async () => {
      const other = await fixture.boot();
      await other.getToken('slack');
      await app.getToken('slack');
      await invalidateDuringOutage();
      fixture.redis.resume();
      await app.close();
      fixture.clock.skip(PROPAGATION_MS);
      await expect(other.getToken('slack')).resolves.toBe('xoxb-1');
    });

    it('leaves the other connections cached', async () => {
      const names = fixture.connectMany(20);
      for (const name of names) await app.getToken(name);
      await invalidateDuringOutage();
      fixture.base44.clear();
      for (const name of names) await app.getToken(name);
      expect(fixture.requestCount).toBe(0);
    });
  });

  it('is told again when Redis restarts without it', async () => {
    const [one, other] = [await fixture.boot(), await fixture.boot()];
    await other.getToken('slack');
    fixture.base44.connect('slack', { accessToken: 'xoxb-1' });
    await one.connectors.invalidate('slack');
    await fixture.redis.kill();
    await fixture.redis.start();
    await waitFor(async () => (await fixture.countNames('generation')) > 0);
    await waitFor(async () => (await fixture.countNames('epoch')) > 0);
    fixture.clock.skip(PROPAGATION_MS);
    await expect(other.getToken('slack')).resolves.toBe('xoxb-1');
  });
});
