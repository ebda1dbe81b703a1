import { faults } from 'nestjs-base44-connectors/testing';
import { createGate, type Gate, sleep, waitFor } from '../support/async.js';
import { describeWithRedis } from '../support/redis-server.js';
import { type SharingApp, SharedStoreFixture } from './shared-store.fixture.js';

/** The promised time in which an invalidation reaches every process. */
const PROPAGATION_MS = 1_000;

describeWithRedis('An invalidation', () => {
  let fixture: SharedStoreFixture;

  beforeEach(async () => {
    fixture = await SharedStoreFixture.start();
    fixture.base44.connect('slack', { accessToken: 'xoxb-0' });
  });

  afterEach(() => fixture.close());

  it.each([
    ['of one connection', 'slack'],
    ['of all connections', undefined],
  ])('%s reaches the memory of another application within a second', async (_, connector) => {
    const [one, other] = [await fixture.boot(), await fixture.boot()];
    await one.getToken('slack');
    await other.getToken('slack');
    for (let round = 1; round <= 3; round += 1) {
      fixture.base44.connect('slack', { accessToken: `xoxb-${round}` });
      await one.connectors.invalidate(connector);
      fixture.clock.skip(PROPAGATION_MS);
      await expect(other.getToken('slack')).resolves.toBe(`xoxb-${round}`);
      await expect(one.getToken('slack')).resolves.toBe(`xoxb-${round}`);
    }
    expect(fixture.requestCount).toBeLessThanOrEqual(1 + 2 * 3);
  });

  it('reaches an idle application with its next call', async () => {
    const [one, other] = [await fixture.boot(), await fixture.boot()];
    await other.getToken('slack');
    fixture.clock.skip(PROPAGATION_MS);
    fixture.base44.connect('slack', { accessToken: 'xoxb-1' });
    await one.connectors.invalidate('slack');
    await expect(other.getToken('slack')).resolves.toBe('xoxb-1');
  });

  it('of one connection causes no request for the others', async () => {
    const names = fixture.connectMany(20);
    const [one, other] = [await fixture.boot(), await fixture.boot()];
    for (const name of names) await other.getToken(name);
    await fixture.readStore(20);
    await one.connectors.invalidate('slack');
    fixture.clock.skip(PROPAGATION_MS);
    fixture.base44.clear();
    for (const name of names) await other.getToken(name);
    expect(fixture.requestCount).toBe(0);
  });

  describe.each([
    ['of one connection', 'slack'],
    ['of all connections', undefined],
  ])('%s while a request of another application is in flight', (_, connector) => {
    let one: SharingApp;
    let slow: SharingApp;
    let response: Gate;
    let late: Promise<string>;

    beforeEach(async () => {
      [one, slow] = [await fixture.boot(), await fixture.boot()];
      await one.connectors.invalidate();
      response = createGate();
      const body = { access_token: 'xoxb-0', integration_type: 'slack', connection_config: null };
      fixture.base44.fault({
        respond: async (...given) => {
          await response.opened;
          await faults.status(200, { body })(...given);
        },
      });
      late = slow.getToken('slack');
      await waitFor(() => fixture.requestCount === 1);
      fixture.base44.connect('slack', { accessToken: 'xoxb-1' });
      await one.connectors.invalidate(connector);
    });

    it('makes every application ignore the entry that the other one writes', async () => {
      response.open();
      await late;
      await fixture.readStore(1);
      const third = await fixture.boot();
      await expect(one.getToken('slack')).resolves.toBe('xoxb-1');
      await expect(third.getToken('slack')).resolves.toBe('xoxb-1');
      fixture.clock.skip(PROPAGATION_MS);
      await expect(slow.getToken('slack')).resolves.toBe('xoxb-1');
    });

    it('makes later callers send a new request instead of waiting for that one', async () => {
      fixture.clock.skip(PROPAGATION_MS);
      await expect(slow.getToken('slack')).resolves.toBe('xoxb-1');
      response.open();
      await late;
    });
  });

  it('by another application holds when Base44 fails afterwards', async () => {
    const [one, other] = [await fixture.boot(), await fixture.boot({ resilience: false })];
    await other.getToken('slack');
    await one.connectors.invalidate('slack');
    fixture.base44.fault({ respond: faults.status(503), times: Infinity });
    fixture.clock.skip(PROPAGATION_MS);
    await expect(other.getToken('slack')).rejects.toMatchObject({ code: 'BASE44_UNAVAILABLE' });
  });

  it.each([
    ['of one connection', 'slack'],
    ['of all connections', undefined],
  ])('%s works in its own application while Redis hangs and afterwards', async (_, connector) => {
    const app = await fixture.boot({ cache: { storeDeadlineMs: 500 } });
    await app.getToken('slack');
    await fixture.readStore(1);
    fixture.redis.hang();
    fixture.base44.connect('slack', { accessToken: 'xoxb-1' });
    await app.connectors.invalidate(connector);
    await expect(app.getToken('slack')).resolves.toBe('xoxb-1');
    fixture.redis.resume();
    // Longer than the application leaves a failed store alone.
    for (let round = 0; round < 30; round += 1) {
      await expect(app.getToken('slack')).resolves.toBe('xoxb-1');
      fixture.clock.skip(PROPAGATION_MS);
      await sleep(50);
    }
    expect(fixture.warnings).toHaveLength(1);
  });
});
