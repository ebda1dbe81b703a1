import { sleep, waitFor } from '../support/async.js';
import { token } from '../support/token-server.js';
import { type MemoryStoreApp, MemoryStoreFixture } from './memory-store.fixture.js';

/** The interval at which a store that failed is probed. */
const PROBE_EVERY_MS = 250;

/** The time without failures after which an outage is over. */
const STEADY_MS = 500;

const OUTAGE =
  'The shared store fails or does not respond in time. ' +
  'Until it recovers, each process caches connections for itself.';

describe('A shared store', () => {
  const app = MemoryStoreFixture.forEachTest();
  let one: MemoryStoreApp;

  beforeEach(async () => {
    one = await app.boot();
  });

  const fail = (): void => {
    app.store.before = () => {
      throw new Error('the store is down');
    };
  };

  const mend = (): void => {
    app.store.before = () => undefined;
  };

  /** Mends the store, and waits until a probe has succeeded. */
  const recover = async (): Promise<void> => {
    mend();
    app.store.calls = [];
    await waitFor(() => app.store.calls.at(-1) === 'get probe');
    await sleep(20);
  };

  const outages: readonly (readonly [string, () => unknown])[] = [
    [
      'rejects',
      () => {
        throw new Error('the store is down');
      },
    ],
    ['emits an error', () => app.store.emit('error', new Error('the store is down'))],
    ['hangs', () => sleep(10_000)],
  ];

  it.each(outages)('that %s fails no call and causes one warning', async (_, before) => {
    await one.close();
    one = await app.boot({ cache: { storeDeadlineMs: 100 } });
    app.store.before = before;
    for (const connector of ['slack', 'notion', 'slack']) {
      await expect(one.getToken(connector)).resolves.toBe('token-1');
    }
    expect(app.server.requests).toBe(2);
    expect(app.warnings).toEqual([OUTAGE]);
    expect(app.loggerName).toBe('ConnectorsStore');
    expect(app.store.names('entry')).toEqual([]);
  });

  it('that failed is not called until a probe succeeds', async () => {
    fail();
    await one.getToken();
    app.store.calls = [];
    await one.getToken('notion');
    expect(app.store.calls).toEqual([]);
    await sleep(2.5 * PROBE_EVERY_MS);
    await one.getToken('confluence');
    expect(app.store.calls.length).toBeGreaterThanOrEqual(1);
    expect(app.store.calls.length).toBeLessThanOrEqual(3);
    expect(new Set(app.store.calls)).toEqual(new Set(['get probe']));
    await recover();
    await one.getToken('jira');
    await waitFor(() => app.store.names('entry').length === 1);
    await sleep(2 * PROBE_EVERY_MS);
    expect(app.store.find('get probe')).toHaveLength(1);
  });

  it('that fails again soon after an outage causes no second warning', async () => {
    fail();
    await one.getToken();
    await recover();
    fail();
    await one.getToken('notion');
    expect(app.warnings).toEqual([OUTAGE]);
  });

  it('that fails again after it was steady causes another warning', async () => {
    fail();
    await one.getToken();
    await recover();
    await sleep(STEADY_MS);
    fail();
    await one.getToken('notion');
    expect(app.warnings).toEqual([OUTAGE, OUTAGE]);
  });

  it('that responds again is logged once, when the outage is over', async () => {
    fail();
    await one.getToken();
    await recover();
    fail();
    await one.getToken('notion');
    await sleep(2 * STEADY_MS);
    expect(app.lines).toEqual([]);
    mend();
    await waitFor(() => app.lines.length > 0);
    await sleep(STEADY_MS);
    expect(app.lines).toEqual(['The shared store responds again.']);
    expect(app.warnings).toEqual([OUTAGE]);
  });

  it('that failed once is used again, and its entries are adopted', async () => {
    await one.getToken();
    await waitFor(() => app.store.names('entry').length === 1);
    const other = await app.boot();
    fail();
    await other.getToken('notion');
    await recover();
    app.server.respond = token('token-2');
    await expect(other.getToken()).resolves.toBe('token-1');
  });

  it('that failed for a while causes no verification, because nothing was invalidated', async () => {
    await one.getToken();
    fail();
    app.clock.advance(500);
    await expect(one.getToken()).resolves.toBe('token-1');
    await recover();
    app.clock.advance(500);
    await expect(one.getToken()).resolves.toBe('token-1');
    expect(app.store.find('get epoch:')).toHaveLength(1);
    expect(app.store.find('get generation:')).toEqual([]);
  });

  it('that an error event reports between calls is used nevertheless', async () => {
    app.store.emit('error', new Error('the connection was lost'));
    await one.getToken();
    await waitFor(() => app.store.names('entry').length === 1);
    expect(app.warnings).toEqual([]);
  });

  it('whose parser rejects a damaged value is no outage', async () => {
    app.store.before = (call) => {
      if (call.startsWith('get ')) throw new SyntaxError('Unexpected token');
    };
    await expect(one.getToken()).resolves.toBe('token-1');
    await waitFor(() => app.store.names('entry').length === 1);
    expect(app.warnings.filter((warning) => warning === OUTAGE)).toEqual([]);
  });

  it.each([7, true, {}, null])('that holds %j as an entry causes no warning', async (value) => {
    app.store.get = () => Promise.resolve(value);
    await expect(one.getToken()).resolves.toBe('token-1');
    expect(app.warnings).toEqual([]);
  });

  it('is probed at once when the application closes, to tell its invalidations', async () => {
    fail();
    await one.connectors.invalidate('slack');
    app.store.calls = [];
    await one.close();
    expect(app.store.calls).toContain('get probe');
    expect(app.store.find('set ')).toEqual([]);
  });

  it('is not called when an application closes that has nothing to tell', async () => {
    fail();
    await one.getToken();
    app.store.calls = [];
    await one.close();
    await sleep(2 * PROBE_EVERY_MS);
    expect(app.store.calls).toEqual([]);
  });

  it('that fails while an application closes causes no warning and no probe later', async () => {
    app.store.before = () => new Promise(() => undefined);
    const called = one.getToken().catch(() => undefined);
    await waitFor(() => app.store.calls.length > 0);
    await one.close();
    await called;
    app.store.calls = [];
    await sleep(2 * PROBE_EVERY_MS);
    expect(app.store.calls).toEqual([]);
    expect(app.warnings).toEqual([]);
  });

  it('is not called after an application has closed', async () => {
    await one.getToken();
    await waitFor(() => app.store.names('entry').length === 1);
    await one.close();
    app.store.calls = [];
    app.clock.advance(500);
    await expect(one.getToken()).resolves.toBe('token-1');
    expect(app.store.calls).toEqual([]);
  });

  it('without methods for events works', async () => {
    await one.close();
    const { get, set, delete: remove } = app.store;
    const store = { get, set, delete: remove };
    const other = await app.boot({ cache: { store } });
    await other.getToken();
    await waitFor(() => app.store.names('entry').length === 1);
    await other.close();
  });

  it('that has no way to remove a listener does not prevent a shutdown', async () => {
    await one.close();
    const { get, set, delete: remove } = app.store;
    const store = { get, set, delete: remove, on: () => undefined };
    const other = await app.boot({ cache: { store } });
    await other.getToken();
    await waitFor(() => app.store.names('entry').length === 1);
    await sleep(20);
    await expect(other.close()).resolves.toBeUndefined();
    // Nest logs an error of a shutdown.
    expect(app.errors).toEqual([]);
  });
});
