import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { LookupMessage } from 'nestjs-base44-connectors';
import { closeAfterTest } from '../support/close-after-test.js';
import { createGate, sleep, waitFor } from '../support/async.js';
import { status, token } from '../support/token-server.js';
import { type MemoryStoreApp, MemoryStoreFixture } from './memory-store.fixture.js';

/** The age of a sync from which the next one starts in the background. */
const SYNC_AFTER_MS = 250;

/** The age of a sync from which callers wait for the next one. */
const MUST_SYNC_AFTER_MS = 500;

describe('An application with a shared store', () => {
  const app = MemoryStoreFixture.forEachTest();
  let one: MemoryStoreApp;
  let other: MemoryStoreApp;

  beforeEach(async () => {
    [one, other] = [await app.boot(), await app.boot()];
    await other.getToken();
    await waitFor(() => app.store.names('entry').length === 1);
    app.store.calls = [];
    app.server.respond = token('token-2');
  });

  /** Waits until the store holds all that an invalidation writes. */
  const waitUntilTold = (count = 1): Promise<void> =>
    waitFor(() => app.store.find('set receipt:').length >= count);

  const holdEpoch = () => {
    const gate = createGate();
    app.store.before = (call) => (call.startsWith('get epoch:') ? gate.opened : undefined);
    return gate;
  };

  it('serves a cached connection without a call of the store while it is in sync', async () => {
    app.clock.advance(SYNC_AFTER_MS - 1);
    await expect(other.getToken()).resolves.toBe('token-1');
    expect(app.store.calls).toEqual([]);
  });

  it('requests another connection without a synchronization while it is in sync', async () => {
    app.clock.advance(SYNC_AFTER_MS - 1);
    await expect(other.getToken('notion')).resolves.toBe('token-2');
    expect(app.store.find('get epoch:')).toEqual([]);
  });

  it('synchronizes in the background, and no caller waits for that', async () => {
    const gate = holdEpoch();
    for (const ageMs of [SYNC_AFTER_MS, MUST_SYNC_AFTER_MS - 1 - SYNC_AFTER_MS]) {
      app.clock.advance(ageMs);
      await expect(other.getToken()).resolves.toBe('token-1');
    }
    expect(app.store.calls).toEqual([expect.stringMatching(/^get epoch:/)]);
    gate.open();
  });

  it('lets callers wait for one sync when the last one is too old', async () => {
    const gate = holdEpoch();
    app.clock.advance(MUST_SYNC_AFTER_MS);
    let served = 0;
    const calls = Array.from({ length: 10 }, () => other.getToken().finally(() => (served += 1)));
    await sleep(20);
    expect(served).toBe(0);
    gate.open();
    await expect(Promise.all(calls)).resolves.toEqual(calls.map(() => 'token-1'));
    expect(app.store.calls).toHaveLength(1);
  });

  it('counts the age of a sync from its request', async () => {
    const gate = holdEpoch();
    app.clock.advance(MUST_SYNC_AFTER_MS);
    const waiting = other.getToken();
    await waitFor(() => app.store.calls.length === 1);
    app.clock.advance(SYNC_AFTER_MS);
    gate.open();
    await waiting;
    await other.getToken();
    expect(app.store.find('get epoch:')).toHaveLength(2);
  });

  it('reads no generation while the epoch stays the same', async () => {
    app.clock.advance(MUST_SYNC_AFTER_MS);
    await other.getToken();
    expect(app.store.find('get generation:')).toEqual([]);
  });

  it('reports a lookup as shared if an invalidation left its connection valid', async () => {
    const results: string[] = [];
    const listener = (message: unknown) => results.push((message as LookupMessage).result);
    subscribe('nestjs-base44-connectors:lookup', listener);
    closeAfterTest(() => unsubscribe('nestjs-base44-connectors:lookup', listener));
    await one.connectors.invalidate('notion');
    await waitUntilTold();
    app.clock.advance(MUST_SYNC_AFTER_MS);
    await other.getToken();
    expect(results).toEqual(['shared']);
  });

  it('keeps a connection that an invalidation of another one leaves valid', async () => {
    await one.connectors.invalidate('notion');
    await waitUntilTold();
    app.clock.advance(MUST_SYNC_AFTER_MS);
    await expect(other.getToken()).resolves.toBe('token-1');
    // It is verified only once.
    app.store.calls = [];
    app.clock.advance(SYNC_AFTER_MS - 1);
    await expect(other.getToken()).resolves.toBe('token-1');
    expect(app.store.calls).toEqual([]);
    app.clock.advance(MUST_SYNC_AFTER_MS);
    await expect(other.getToken()).resolves.toBe('token-1');
    expect(app.store.find('get generation:')).toEqual([]);
    expect(app.server.requests).toBe(1);
  });

  it.each(['slack', undefined])(
    'evicts a connection after invalidate(%p) elsewhere',
    async (name) => {
      await one.connectors.invalidate(name);
      await waitUntilTold();
      app.clock.advance(MUST_SYNC_AFTER_MS);
      await expect(other.getToken()).resolves.toBe('token-2');
    },
  );

  it('evicts a cached absence after an invalidation elsewhere', async () => {
    app.server.respond = status(404);
    await expect(other.getToken('notion')).rejects.toThrow();
    app.server.respond = token('token-2');
    await expect(other.getToken('notion')).rejects.toThrow();
    await one.connectors.invalidate('notion');
    await waitUntilTold();
    app.clock.advance(MUST_SYNC_AFTER_MS);
    await expect(other.getToken('notion')).resolves.toBe('token-2');
  });

  it('keeps a cached absence after an invalidation of another connection', async () => {
    app.server.respond = status(404);
    await expect(other.getToken('notion')).rejects.toThrow();
    await one.connectors.invalidate('jira');
    await waitUntilTold();
    app.clock.advance(MUST_SYNC_AFTER_MS);
    app.server.respond = token('token-2');
    await expect(other.getToken('notion')).rejects.toMatchObject({
      code: 'CONNECTOR_NOT_CONNECTED',
    });
    expect(app.server.requests).toBe(2);
  });

  it.each([0, 1])(
    'serves a connection that it could not verify, and verifies it later: read %d failed',
    async (failing) => {
      await one.connectors.invalidate('notion');
      await waitUntilTold();
      await one.connectors.invalidate('slack');
      await waitUntilTold(2);
      let reads = 0;
      app.store.before = (call) => {
        if (!call.startsWith('get generation:')) return;
        reads += 1;
        if (reads === failing + 1) throw new Error('the store is down');
      };
      app.clock.advance(MUST_SYNC_AFTER_MS);
      await expect(other.getToken()).resolves.toBe('token-1');
      expect(reads).toBeGreaterThan(failing);
      app.store.before = () => undefined;
      // The store is probed.
      await sleep(300);
      app.clock.advance(MUST_SYNC_AFTER_MS);
      await expect(other.getToken()).resolves.toBe('token-2');
    },
  );

  it('serves a connection that it could not verify, because the store was set back and accepts no value', async () => {
    await one.connectors.invalidate('slack');
    await waitUntilTold();
    const earlier = [...app.store.values];
    await one.connectors.invalidate('slack');
    await waitUntilTold(2);
    app.clock.advance(MUST_SYNC_AFTER_MS);
    await expect(other.getToken()).resolves.toBe('token-2');
    app.server.respond = token('token-3');
    for (const [name, value] of earlier) app.store.values.set(name, value);
    app.store.before = (call) => {
      if (call.startsWith('set ')) throw new Error('the store is read-only');
    };
    app.clock.advance(MUST_SYNC_AFTER_MS);
    await expect(other.getToken()).resolves.toBe('token-2');
  });

  it('keeps a connection from an outage of the store while its renewal fails', async () => {
    const third = await app.boot({ cache: { ttlMs: 10_000 }, resilience: false });
    await third.getToken();
    app.store.before = () => {
      throw new Error('the store is down');
    };
    await expect(third.getToken('notion')).resolves.toBe('token-2');
    app.store.before = () => undefined;
    // The store is probed.
    await sleep(300);
    app.server.respond = status(503);
    app.clock.advance(8_500);
    for (const requests of [3, 3]) {
      await expect(third.getToken('notion')).resolves.toBe('token-2');
      await waitFor(() => app.server.requests === requests);
      await sleep(20);
    }
  });

  it('serves no connection that it could not verify before the deadline of the call', async () => {
    const resilience = { attemptTimeoutMs: 300, deadlineMs: 300 };
    const third = await app.boot({ resilience });
    await third.getToken();
    await one.connectors.invalidate('notion');
    await waitUntilTold();
    app.store.before = (call) =>
      call.startsWith('get entry:') ? new Promise(() => undefined) : undefined;
    app.clock.advance(MUST_SYNC_AFTER_MS);
    await expect(third.getToken()).rejects.toMatchObject({ code: 'BASE44_UNAVAILABLE' });
  });

  describe('while its request is in flight', () => {
    const start = async (connector = 'notion') => {
      const held = app.server.hold();
      const early = other.getToken(connector);
      await waitFor(() => held.length === 1);
      return { held, early };
    };

    it('sends another request after an invalidation elsewhere, and caches its result', async () => {
      const { held, early } = await start();
      await one.connectors.invalidate('notion');
      await waitUntilTold();
      app.clock.advance(MUST_SYNC_AFTER_MS);
      const late = other.getToken('notion');
      await waitFor(() => held.length === 2);
      token('new')(held[1]!);
      await expect(late).resolves.toBe('new');
      token('old')(held[0]!);
      await expect(early).resolves.toBe('old');
      await expect(other.getToken('notion')).resolves.toBe('new');
      expect(app.server.requests).toBe(3);
    });

    it('joins it after an invalidation of another connection, and verifies it once', async () => {
      const { held, early } = await start();
      await one.connectors.invalidate('jira');
      await waitUntilTold();
      app.store.calls = [];
      app.clock.advance(MUST_SYNC_AFTER_MS);
      const late = Array.from({ length: 5 }, () => other.getToken('notion'));
      await waitFor(() => app.store.find('get generation:').length >= 2);
      await sleep(20);
      late.push(other.getToken('notion'));
      await sleep(20);
      expect(app.store.find('get generation:')).toHaveLength(2);
      token('new')(held[0]!);
      await expect(Promise.all([early, ...late])).resolves.toEqual(Array(7).fill('new'));
      await expect(other.getToken('notion')).resolves.toBe('new');
      expect(app.server.requests).toBe(2);
    });

    it('sends another request after an invalidation that follows one of another connection', async () => {
      const { held, early } = await start();
      const joining: Promise<string>[] = [];
      for (const [index, connector] of ['jira', 'notion'].entries()) {
        await one.connectors.invalidate(connector);
        await waitUntilTold(index + 1);
        app.clock.advance(MUST_SYNC_AFTER_MS);
        app.store.calls = app.store.find('set receipt:');
        joining.push(other.getToken('notion'));
        await waitFor(() => app.store.find('get generation:').length >= 2);
        await sleep(20);
      }
      await waitFor(() => held.length === 2);
      token('new')(held[1]!);
      token('old')(held[0]!);
      await expect(Promise.all([early, ...joining])).resolves.toEqual(['old', 'old', 'new']);
      await expect(other.getToken('notion')).resolves.toBe('new');
    });

    it('joins it when the store does not tell whether its connection was invalidated', async () => {
      const { held, early } = await start();
      await one.connectors.invalidate('jira');
      await waitUntilTold();
      app.store.before = (call) => {
        if (call.startsWith('get generation:')) throw new Error('the store is down');
      };
      app.clock.advance(MUST_SYNC_AFTER_MS);
      const late = other.getToken('notion');
      await sleep(50);
      token('new')(held[0]!);
      await expect(Promise.all([early, late])).resolves.toEqual(['new', 'new']);
      expect(app.server.requests).toBe(2);
    });

    it('caches its result also when the store stopped responding meanwhile', async () => {
      const { held, early } = await start();
      app.store.before = () => {
        throw new Error('the store is down');
      };
      app.clock.advance(MUST_SYNC_AFTER_MS);
      const late = other.getToken('notion');
      await sleep(20);
      token('new')(held[0]!);
      await expect(Promise.all([early, late])).resolves.toEqual(['new', 'new']);
      await expect(other.getToken('notion')).resolves.toBe('new');
      expect(app.server.requests).toBe(2);
    });
  });

  it('asks Base44 for a fresh connection, and joins no request that may adopt one', async () => {
    const gate = createGate();
    app.store.before = (call) => (call.startsWith('get entry:') ? gate.opened : undefined);
    const third = await app.boot();
    const adopting = third.getToken();
    await waitFor(() => app.store.find('get entry:').length === 1);
    const fresh = third.connectors.getConnection('slack', { fresh: true });
    gate.open();
    await expect(fresh).resolves.toMatchObject({ accessToken: 'token-2' });
    await expect(adopting).resolves.toBe('token-1');
    await expect(third.getToken()).resolves.toBe('token-2');
    expect(app.server.requests).toBe(2);
  });

  it('shares one request among callers who want a fresh connection', async () => {
    const held = app.server.hold();
    const first = other.connectors.getConnection('slack', { fresh: true });
    await waitFor(() => held.length === 1);
    const second = other.connectors.getConnection('slack', { fresh: true });
    await sleep(20);
    token('token-2')(held[0]!);
    await expect(Promise.all([first, second])).resolves.toMatchObject([
      { accessToken: 'token-2' },
      { accessToken: 'token-2' },
    ]);
    expect(app.server.requests).toBe(2);
  });

  it.each([
    ['in the background', 8_500],
    ['after it has expired', 9_999],
  ])(
    'serves a renewed connection of the store instead of renewing it too: %s',
    async (_, ageMs) => {
      const renewing = await app.boot({ cache: { ttlMs: 10_000 } });
      await renewing.connectors.getConnection('slack', { fresh: true });
      const [name] = app.store.names('entry');
      const before = app.store.values.get(name!);
      app.clock.advance(ageMs);
      app.server.respond = token('token-3');
      await one.connectors.getConnection('slack', { fresh: true });
      await waitFor(() => app.store.values.get(name!) !== before);
      app.server.requests = 0;
      await renewing.getToken();
      await sleep(20);
      await expect(renewing.getToken()).resolves.toBe('token-3');
      expect(app.server.requests).toBe(0);
    },
  );
});
