import { faults } from 'nestjs-base44-connectors/testing';
import { sleep } from '../support/async.js';
import { describeWithRedis } from '../support/redis-server.js';
import { durationOf, print, type SharingApp, SharedStoreFixture } from './shared-store.fixture.js';

describeWithRedis('An invalidation', () => {
  let fixture: SharedStoreFixture;

  beforeEach(async () => {
    fixture = await SharedStoreFixture.start();
    fixture.base44.connect('slack', { accessToken: 'xoxb-0' });
  });

  afterEach(async () => {
    await fixture.close();
    expect(fixture.unhandled).toEqual([]);
  });

  /** How long until an application gives another token, in milliseconds. */
  const msUntil = (token: string, app: SharingApp): Promise<number> =>
    durationOf(async () => {
      while ((await app.tokenOf('slack')) !== token) await sleep(5);
    });

  it.each([
    ['of one connection', 'slack'],
    ['of all', undefined],
  ])('%s reaches the memory of another application within a second', async (kind, connector) => {
    const [one, other] = [await fixture.boot(), await fixture.boot()];
    await one.tokenOf('slack');
    await other.tokenOf('slack');
    const tookMs: number[] = [];
    for (let round = 1; round <= 3; round += 1) {
      fixture.base44.connect('slack', { accessToken: `xoxb-${round}` });
      const invalidated = one.connectors.invalidate(connector);
      tookMs.push(await msUntil(`xoxb-${round}`, other));
      await invalidated;
      expect(await one.tokenOf('slack')).toBe(`xoxb-${round}`);
      await sleep(round * 97);
    }
    print(`invalidation ${kind} arrived after ${tookMs.map((ms) => ms.toFixed(0)).join(', ')} ms`);
    expect(Math.max(...tookMs)).toBeLessThanOrEqual(1_000);
    expect(fixture.requestCount).toBeLessThanOrEqual(1 + 2 * 3);
  });

  it('reaches an application that was idle with its next call', async () => {
    const [one, other] = [await fixture.boot(), await fixture.boot()];
    await other.tokenOf('slack');
    await sleep(900);
    fixture.base44.connect('slack', { accessToken: 'xoxb-1' });
    await one.connectors.invalidate('slack');
    await expect(other.tokenOf('slack')).resolves.toBe('xoxb-1');
  });

  it('of one connection costs no request for the others', async () => {
    const names = fixture.connectMany(20);
    const [one, other] = [await fixture.boot(), await fixture.boot()];
    for (const name of names) await other.tokenOf(name);
    await fixture.entries(20);
    await one.connectors.invalidate('slack');
    await sleep(900);
    fixture.base44.clear();
    for (const name of names) await other.tokenOf(name);
    print(
      `after another one's invalidation: ${fixture.requestCount} of 20 connections fetched anew`,
    );
    expect(fixture.requestCount).toBe(0);
  });

  describe.each([
    ['of one connection', 'slack'],
    ['of all', undefined],
  ])('%s while another application waits for Base44', (_, connector) => {
    let one: SharingApp;
    let slow: SharingApp;
    let late: Promise<string>;

    beforeEach(async () => {
      [one, slow] = [await fixture.boot(), await fixture.boot()];
      await one.connectors.invalidate();
      const body = { access_token: 'xoxb-0', integration_type: 'slack', connection_config: null };
      const respond = faults.delay(1_300, faults.status(200, { body }));
      fixture.base44.fault({ respond, times: 1 });
      late = slow.tokenOf('slack');
      await sleep(200);
      fixture.base44.connect('slack', { accessToken: 'xoxb-1' });
      await one.connectors.invalidate(connector);
    });

    it('lets nobody believe what that one writes', async () => {
      await late;
      await fixture.entries(1);
      await sleep(50);
      const third = await fixture.boot();
      await expect(one.tokenOf('slack')).resolves.toBe('xoxb-1');
      await expect(third.tokenOf('slack')).resolves.toBe('xoxb-1');
      expect(await msUntil('xoxb-1', slow)).toBeLessThanOrEqual(1_000);
    });

    it('lets no later caller wait for what that one gets', async () => {
      await sleep(1_000);
      await expect(slow.tokenOf('slack')).resolves.toBe('xoxb-1');
      await late;
    });
  });

  it('by another application is not undone when Base44 fails afterwards', async () => {
    const [one, other] = [await fixture.boot(), await fixture.boot({ resilience: false })];
    await other.tokenOf('slack');
    await one.connectors.invalidate('slack');
    fixture.base44.fault({ respond: faults.status(503), times: Infinity });
    await sleep(1_000);
    await expect(other.tokenOf('slack')).rejects.toMatchObject({ name: 'Base44UnavailableError' });
  });

  it.each([
    ['of one connection', 'slack'],
    ['of all', undefined],
  ])('%s works in its own application while Redis hangs, and afterwards', async (_, connector) => {
    const cache = { storeDeadlineMs: 100 };
    const [one, other] = [await fixture.boot({ cache }), await fixture.boot({ cache })];
    await one.tokenOf('slack');
    await other.tokenOf('slack');
    await fixture.entries(1);
    fixture.redis.hang();
    fixture.base44.connect('slack', { accessToken: 'xoxb-1' });
    const tookMs = await durationOf(() => one.connectors.invalidate(connector));
    print(`invalidating while Redis hangs took ${tookMs.toFixed(0)} ms, the deadline being 100 ms`);
    expect(tookMs).toBeLessThan(1_000);
    await expect(one.tokenOf('slack')).resolves.toBe('xoxb-1');
    fixture.redis.resume();
    for (let round = 0; round < 30; round += 1) {
      await expect(one.tokenOf('slack')).resolves.toBe('xoxb-1');
      await sleep(50);
    }
    expect(fixture.warnings).toHaveLength(1);
  });
});
