import { createGate, sleep, waitFor } from '../support/async.js';
import { token } from '../support/token-server.js';
import { type MemoryStoreApp, MemoryStoreFixture } from './memory-store.fixture.js';

/** The age of a sync from which callers wait for the next one. */
const MUST_SYNC_AFTER_MS = 500;

/** The interval at which an application checks that the store holds its invalidations. */
const CHECK_EVERY_MS = 400;

describe('An invalidation is told to the applications that share a store', () => {
  const app = MemoryStoreFixture.forEachTest();
  let other: MemoryStoreApp;

  beforeEach(async () => {
    other = await app.boot({ cache: { ttlMs: 3_600_000 } });
  });

  /** Lets the other application cache connections, which are no longer valid afterwards. */
  const cacheOld = async (...connectors: string[]): Promise<void> => {
    app.server.respond = token('old');
    for (const each of connectors) await other.getToken(each);
    app.server.respond = token('new');
  };

  const expectToken = async (accessToken: string, ...connectors: string[]): Promise<void> => {
    app.clock.advance(MUST_SYNC_AFTER_MS);
    for (const each of connectors) await expect(other.getToken(each)).resolves.toBe(accessToken);
  };

  const breakStore = (isBroken: (call: string) => boolean = () => true): void => {
    app.store.before = (call) => {
      if (isBroken(call)) throw new Error('the store is down');
    };
  };

  const mend = (): void => {
    app.store.before = () => undefined;
  };

  const waitUntilTold = (count = 1): Promise<void> =>
    waitFor(() => app.store.find('set receipt:').length >= count);

  /** Waits until the application has confirmed that the store holds its invalidations. */
  const waitUntilConfirmed = async (): Promise<void> => {
    await waitUntilTold();
    await sleep(2.5 * CHECK_EVERY_MS);
  };

  /** Expects that no application checks the store, and that none will. */
  const expectNoCheck = async (): Promise<void> => {
    app.store.calls = [];
    const timers = import.meta.jest.spyOn(globalThis, 'setTimeout');
    await sleep(2 * CHECK_EVERY_MS);
    const delays = timers.mock.calls.map(([, ms]) => ms);
    timers.mockRestore();
    expect(delays).not.toContain(CHECK_EVERY_MS);
    expect(app.store.calls).toEqual([]);
  };

  it('with one generation, one epoch and one receipt', async () => {
    const one = await app.boot();
    await one.connectors.invalidate('slack');
    await waitUntilConfirmed();
    expect(app.store.find('set ').map((call) => call.split(':')[0])).toEqual([
      'set generation',
      'set epoch',
      'set receipt',
    ]);
    // Later checks read the receipt only.
    app.store.calls = [];
    await waitFor(() => app.store.calls.length > 0);
    await sleep(20);
    expect(app.store.calls.map((call) => call.split(':')[0])).toEqual(['get receipt']);
  });

  it.each(['generation:', 'epoch:', 'receipt:'])(
    'once the store accepts %s again',
    async (prefix) => {
      await cacheOld('slack');
      const one = await app.boot();
      breakStore((call) => call.startsWith(`set ${prefix}`));
      await one.connectors.invalidate('slack');
      await sleep(50);
      mend();
      await waitUntilTold();
      await expectToken('new', 'slack');
    },
  );

  it('as soon as the store has recovered', async () => {
    const one = await app.boot();
    breakStore();
    await one.connectors.invalidate('slack');
    mend();
    app.store.calls = [];
    await waitFor(() => app.store.find('get probe').length > 0);
    await new Promise(setImmediate);
    // The next check is due later.
    expect(app.store.find('get receipt:')).not.toEqual([]);
  });

  it('when the application closes, although the store failed just before', async () => {
    await cacheOld('slack');
    const one = await app.boot();
    breakStore();
    await one.connectors.invalidate('slack');
    mend();
    await one.close();
    await expectToken('new', 'slack');
  });

  it('no more after the application has closed', async () => {
    const one = await app.boot();
    await one.connectors.invalidate('slack');
    await one.close();
    app.store.calls = [];
    await one.connectors.invalidate('notion');
    expect(app.store.calls).toEqual([]);
    await expectNoCheck();
  });

  it('no more after the application has closed, although the store was down', async () => {
    const one = await app.boot();
    breakStore();
    await one.connectors.invalidate('slack');
    await one.close();
    await expectNoCheck();
  });

  it('before the application closes, although the store is slow', async () => {
    await cacheOld('slack');
    const one = await app.boot();
    app.store.before = () => sleep(100);
    const invalidated = one.connectors.invalidate('slack');
    await one.close();
    await invalidated;
    // Only a store that failed is probed.
    expect(app.store.find('get probe')).toEqual([]);
    mend();
    await expectToken('new', 'slack');
  });

  it('again when the store has lost it', async () => {
    await cacheOld('slack');
    const one = await app.boot();
    await one.connectors.invalidate('slack');
    await waitUntilConfirmed();
    app.store.values.clear();
    await waitUntilTold(2);
    await expectToken('new', 'slack');
    expect(app.store.names('generation')).toHaveLength(1);
  });

  it('again when the store loses it before it holds a receipt', async () => {
    await cacheOld('slack');
    const one = await app.boot();
    breakStore((call) => call.startsWith('set epoch:'));
    await one.connectors.invalidate('slack');
    app.store.before = (call) => {
      if (!call.startsWith('set receipt:')) return;
      for (const name of app.store.names('generation')) app.store.values.delete(name);
      mend();
    };
    await waitUntilConfirmed();
    expect(app.store.names('generation')).toHaveLength(1);
    await expectToken('new', 'slack');
  });

  it('again when the store has lost it after it had lost the receipt', async () => {
    await cacheOld('slack');
    const one = await app.boot();
    await one.connectors.invalidate('slack');
    await waitUntilConfirmed();
    for (const name of app.store.names('receipt')) app.store.values.delete(name);
    await waitUntilTold(2);
    await sleep(2.5 * CHECK_EVERY_MS);
    app.store.values.clear();
    await waitUntilTold(3);
    await expectToken('new', 'slack');
  });

  it('once, also when a later one is told again', async () => {
    const one = await app.boot();
    await one.connectors.invalidate('slack');
    await waitUntilConfirmed();
    const [slack] = app.store.names('generation');
    app.store.calls = [];
    breakStore((call) => call.startsWith('set epoch:'));
    await one.connectors.invalidate('notion');
    mend();
    await waitUntilConfirmed();
    expect(app.store.find(`set ${slack!}`)).toEqual([]);
    expect(app.store.find('set generation:')).toHaveLength(2);
  });

  it('not again by an application that knows it, once it has expired in the store', async () => {
    const one = await app.boot();
    await one.connectors.invalidate('slack');
    await waitUntilConfirmed();
    await other.getToken();
    await one.close();
    for (const name of app.store.names('generation')) app.store.values.delete(name);
    app.store.calls = [];
    await other.connectors.getConnection('slack', { fresh: true });
    await sleep(20);
    expect(app.store.find('set generation:')).toEqual([]);
  });

  it('again with the next one, when the store has lost it just before', async () => {
    const one = await app.boot();
    await one.connectors.invalidate('slack');
    await waitUntilConfirmed();
    app.store.calls = [];
    // A check has taken place, so the next one is due in a while.
    await waitFor(() => app.store.find('get receipt:').length > 0);
    app.store.values.clear();
    app.store.calls = [];
    await one.connectors.invalidate('notion');
    await waitUntilTold(2);
    const calls = app.store.calls.map((call) => call.split(':')[0]);
    const isReceipt = (call: string | undefined) => call?.endsWith(' receipt');
    expect(calls.filter(isReceipt).slice(0, 3)).toEqual([
      'set receipt',
      'get receipt',
      'set receipt',
    ]);
    expect(app.store.names('generation')).toHaveLength(2);
  });

  it('again when the store loses it while it writes the receipt', async () => {
    const [check, receipt] = [createGate(), createGate()];
    const one = await app.boot();
    await one.connectors.invalidate('notion');
    await waitUntilTold();
    app.store.calls = [];
    app.store.before = (call) => (call.startsWith('get receipt:') ? check.opened : undefined);
    await waitFor(() => app.store.calls.length > 0);
    const before = new Set(app.store.names('generation'));
    app.store.before = (call) => (call.startsWith('set receipt:') ? receipt.opened : undefined);
    await one.connectors.invalidate('slack');
    await waitUntilTold();
    check.open();
    await sleep(50);
    const [slack] = app.store.names('generation').filter((name) => !before.has(name));
    app.store.values.delete(slack!);
    receipt.open();
    await waitFor(() => app.store.values.has(slack!));
  });

  it('again when the store is set back, by an application that knows it among many others', async () => {
    const one = await app.boot();
    await one.connectors.invalidate('slack');
    await waitUntilTold();
    const earlier = [...app.store.values];
    await one.connectors.invalidate('slack');
    await waitUntilTold(2);
    const third = await app.boot({ cache: { maxEntries: 2 } });
    for (const connector of ['slack', 'notion', 'jira']) await third.getToken(connector);
    await one.close();
    for (const [name, value] of earlier) app.store.values.set(name, value);
    app.store.calls = [];
    await third.getToken();
    expect(app.store.find('set generation:')).toHaveLength(1);
  });

  it.each([
    ['text of another program', () => 'not a generation'],
    ['a generation with a damaged end', () => `${app.clock.wallMs() + 1_000}.a b`],
    ['a generation with a damaged start', () => `x${app.clock.wallMs() + 1_000}.a`],
    // Generations of the same millisecond have an order too.
    ['an earlier generation', () => `${app.clock.wallMs()}.-`],
  ])('again when the store holds %s', async (_, getValue) => {
    const one = await app.boot();
    await one.connectors.invalidate('slack');
    await waitUntilConfirmed();
    const [name] = app.store.names('generation');
    app.store.values.set(name!, getValue());
    app.store.calls = [];
    await one.getToken();
    expect(app.store.find('set generation:')).toHaveLength(1);
  });

  it('once by an application that has restarted, although the store holds no earlier one', async () => {
    const one = await app.boot();
    await one.connectors.invalidate('slack');
    await waitUntilTold();
    await cacheOld('slack');
    await one.close();
    for (const name of app.store.names('generation')) app.store.values.delete(name);
    app.clock.advance(1);
    app.store.calls = [];
    const restarted = await app.boot();
    await restarted.connectors.invalidate('slack');
    await waitUntilTold();
    await expectToken('new', 'slack');
    expect(app.store.find('set generation:')).toHaveLength(1);
  });

  it('without a call of the store when the application closes that knows of none', async () => {
    const one = await app.boot();
    await one.getToken();
    await waitFor(() => app.store.names('entry').length === 1);
    app.store.calls = [];
    await one.close();
    expect(app.store.calls).toEqual([]);
  });

  it('no more once no connection from before it can be in use', async () => {
    const one = await app.boot({ cache: { ttlMs: 10_000, staleIfErrorMs: 20_000 } });
    await one.connectors.invalidate('slack');
    await waitUntilConfirmed();
    app.clock.advance(29_999);
    app.store.calls = [];
    await waitFor(() => app.store.calls.length > 0);
    app.clock.advance(1);
    await sleep(1.5 * CHECK_EVERY_MS);
    await expectNoCheck();
  });

  it('for as long as the latest one is in use, also when an earlier one is not', async () => {
    const cache = { ttlMs: 10_000, staleIfErrorMs: 20_000 };
    await cacheOld('notion');
    const one = await app.boot({ cache });
    await one.connectors.invalidate('slack');
    app.clock.advance(20_000);
    await one.connectors.invalidate('notion');
    await waitUntilConfirmed();
    app.clock.advance(10_000);
    app.store.values.clear();
    await waitFor(() => app.store.names('receipt').length > 0);
    expect(app.store.names('generation')).toHaveLength(1);
    await expectToken('new', 'notion');
  });

  it('for longer when the same connection is invalidated again', async () => {
    const one = await app.boot({ cache: { ttlMs: 10_000, staleIfErrorMs: 20_000 } });
    await one.connectors.invalidate('slack');
    await one.connectors.invalidate('notion');
    app.clock.advance(20_000);
    await one.connectors.invalidate('slack');
    await waitUntilConfirmed();
    app.clock.advance(10_000);
    await sleep(1.5 * CHECK_EVERY_MS);
    app.store.values.clear();
    await waitFor(() => app.store.names('receipt').length > 0);
    expect(app.store.names('generation')).toHaveLength(1);
  });

  it('as one of all connections, when there are more than maxEntries that the store does not hold', async () => {
    const names = ['a', 'b', 'c', 'd'];
    await cacheOld(...names);
    const one = await app.boot({ cache: { maxEntries: 2 } });
    breakStore();
    for (const each of ['a', 'b', 'c']) await one.connectors.invalidate(each);
    mend();
    await waitUntilTold();
    expect(app.store.names('generation')).toHaveLength(1);
    await expectToken('new', ...names);
  });

  it('one by one, when there are maxEntries that the store does not hold', async () => {
    const names = ['a', 'b'];
    await cacheOld(...names, 'c');
    const one = await app.boot({ cache: { maxEntries: 2 } });
    breakStore();
    for (const each of names) await one.connectors.invalidate(each);
    mend();
    await waitUntilTold();
    expect(app.store.names('generation')).toHaveLength(2);
    await expectToken('new', ...names);
    await expect(other.getToken('c')).resolves.toBe('old');
  });

  it('one by one, when the store holds those that exceed maxEntries', async () => {
    await cacheOld('d');
    const one = await app.boot({ cache: { maxEntries: 2 } });
    for (const each of ['a', 'b', 'c']) {
      app.store.calls = [];
      await one.connectors.invalidate(each);
      await waitUntilConfirmed();
    }
    expect(app.store.names('generation')).toHaveLength(3);
    await expectToken('old', 'd');
  });

  it('in groups of a hundred after an outage', async () => {
    const names = Array.from({ length: 250 }, (_, index) => `service-${index}`);
    await cacheOld('service-0', 'service-249');
    const one = await app.boot();
    breakStore();
    await Promise.all(names.map((name) => one.connectors.invalidate(name)));
    let inFlight = 0;
    let most = 0;
    app.store.before = async (call) => {
      if (!call.startsWith('set generation:')) return;
      inFlight += 1;
      most = Math.max(most, inFlight);
      await sleep(5);
      inFlight -= 1;
    };
    await waitFor(() => app.store.names('generation').length === 250);
    expect(most).toBe(100);
    await waitFor(() => inFlight === 0);
    mend();
    await waitUntilConfirmed();
    await expectToken('new', 'service-0', 'service-249');
  });

  it('after one of a clock that is ahead, which stays valid too', async () => {
    const ahead = await app.boot({ clock: app.clock.skewed(3_600_000) });
    await ahead.connectors.invalidate('slack');
    await waitUntilTold();
    await ahead.close();
    await cacheOld('slack');
    const one = await app.boot();
    await one.connectors.invalidate('slack');
    await waitUntilTold(2);
    // The second one is later than the one of the clock that is ahead.
    expect(app.store.find('set generation:')).toHaveLength(3);
    await expectToken('new', 'slack');
    await sleep(2 * CHECK_EVERY_MS);
    expect(app.store.find('set generation:')).toHaveLength(3);
    app.server.requests = 0;
    await expectToken('new', 'slack');
    expect(app.server.requests).toBe(0);
  });

  it('without an end when a store gives out a generation of the far future', async () => {
    const one = await app.boot();
    await one.connectors.invalidate('slack');
    await waitUntilTold();
    const [name] = app.store.names('generation');
    app.store.values.set(name!, `999999999999999.${'a'.repeat(36)}`);
    app.server.respond = token('new');
    await expect(one.getToken()).resolves.toBe('new');
    await one.connectors.invalidate('slack');
    await expect(one.getToken()).resolves.toBe('new');
  });
});
