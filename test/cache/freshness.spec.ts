import { sleep, waitFor } from '../support/async.js';
import { ConnectorsFixture } from '../support/connectors-fixture.js';
import { token } from '../support/token-server.js';

describe('A cached connection', () => {
  const app = ConnectorsFixture.forEachTest();

  afterEach(() => import.meta.jest.restoreAllMocks());

  it('is served without a request for most of its time to live', async () => {
    await app.boot({ cache: { ttlMs: 10_000 } });
    await app.getToken();
    app.clock.advance(7_000);
    await app.getToken();
    await sleep(10);
    expect(app.server.requests).toBe(1);
  });

  it('is renewed in the background before it expires, and no caller waits for that', async () => {
    await app.boot({ cache: { ttlMs: 10_000 } });
    await app.getToken();
    const held = app.server.hold();
    app.clock.advance(8_500);
    // There is no response to the renewal, so a caller that waited for it would hang.
    for (let caller = 0; caller < 1_000; caller += 1) {
      await expect(app.getToken()).resolves.toBe('token-1');
    }
    await waitFor(() => held.length === 1);
    token('token-2')(held[0]!);
    let latest = '';
    await waitFor(() => {
      void app.getToken().then((accessToken) => (latest = accessToken));
      return latest === 'token-2';
    });
    expect(app.server.requests).toBe(2);
  });

  it('is requested again when it has expired', async () => {
    await app.boot({ cache: { ttlMs: 10_000 } });
    await app.getToken();
    app.server.respond = token('token-2');
    app.clock.advance(10_000);
    await expect(app.getToken()).resolves.toBe('token-2');
  });

  it('expires up to a tenth early, so that not all renewals are due at the same time', async () => {
    await app.boot({ cache: { ttlMs: 100_000 } });
    const names = Array.from({ length: 200 }, (_, index) => `slack-${index}`);
    await Promise.all(names.map((name) => app.getToken(name)));
    const renewedBy: number[] = [];
    // Renewals are due from 72 to 80 seconds: 0.8 of 90 to 100.
    for (const stepMs of [71_900, 2_000, 2_000, 2_000]) {
      app.clock.advance(stepMs);
      await Promise.all(names.map((name) => app.getToken(name)));
      await settleRequests();
      renewedBy.push(app.server.requests - names.length);
    }
    app.clock.advance(2_100);
    await Promise.all(names.map((name) => app.getToken(name)));
    await waitFor(() => app.server.requests === 2 * names.length);
    expect(renewedBy[0]).toBe(0);
    expect(new Set(renewedBy).size).toBe(4);
  });

  /** Waits until no further request arrives. */
  const settleRequests = async (): Promise<void> => {
    let seen = -1;
    while (seen !== app.server.requests) {
      seen = app.server.requests;
      await sleep(100);
    }
  };

  it('is replaced by a fresh one with a whole time to live', async () => {
    await app.boot({ cache: { ttlMs: 10_000 } });
    await app.getToken();
    app.clock.advance(7_000);
    app.server.respond = token('token-2');
    await app.connectors.getConnection('slack', { fresh: true });
    app.clock.advance(7_000);
    await expect(app.getToken()).resolves.toBe('token-2');
    await sleep(10);
    expect(app.server.requests).toBe(2);
  });

  it('that is requested now serves a caller that wants a fresh one too', async () => {
    await app.boot();
    const held = app.server.hold();
    const first = app.getToken();
    await waitFor(() => held.length === 1);
    const fresh = app.connectors.getConnection('slack', { fresh: true });
    token('token-1')(held[0]!);
    await expect(Promise.all([first, fresh])).resolves.toMatchObject([
      'token-1',
      { accessToken: 'token-1' },
    ]);
    expect(app.server.requests).toBe(1);
  });

  it('is served in the same promise to all callers', async () => {
    await app.boot();
    await app.getToken();
    const promise = app.connectors.getConnection('slack');
    expect(app.connectors.getConnection('slack')).toBe(promise);
    await promise;
  });

  it('is served to a call with empty options', async () => {
    await app.boot();
    await app.getToken();
    await expect(app.connectors.getConnection('slack', {})).resolves.toMatchObject({
      accessToken: 'token-1',
    });
    expect(app.server.requests).toBe(1);
  });

  it('does not exist with cache: false, although concurrent callers share a request', async () => {
    await app.boot({ cache: false });
    await Promise.all(Array.from({ length: 100 }, () => app.getToken()));
    expect(app.server.requests).toBe(1);
    await app.getToken();
    await app.getToken();
    expect(app.server.requests).toBe(3);
  });

  it('expires at the same time when the wall clock jumps by an hour in either direction', async () => {
    await app.boot({ cache: { ttlMs: 10_000 } });
    app.server.respond = token('token-1', { expires_in: 3_000 });
    await app.getToken();
    const now = Date.now.bind(Date);
    for (const jumpMs of [3_600_000, -3_600_000]) {
      import.meta.jest.spyOn(Date, 'now').mockImplementation(() => now() + jumpMs);
      await app.getToken();
    }
    expect(app.server.requests).toBe(1);
    app.clock.advance(10_000);
    await app.getToken();
    expect(app.server.requests).toBe(2);
    import.meta.jest.restoreAllMocks();
    // So does one that was requested while the clock was wrong.
    app.clock.advance(7_000);
    await app.getToken();
    expect(app.server.requests).toBe(2);
    app.clock.advance(3_000);
    await app.getToken();
    expect(app.server.requests).toBe(3);
  });

  it('cannot be changed, because its callers share it', async () => {
    await app.boot();
    app.server.respond = token('token-1', { connection_config: { subdomain: 'acme' } });
    const connection = await app.connectors.getConnection('slack');
    expect(connection).toEqual({ accessToken: 'token-1', connectionConfig: { subdomain: 'acme' } });
    expect(Object.isFrozen(connection)).toBe(true);
    expect(Object.isFrozen(connection.connectionConfig)).toBe(true);
    app.server.respond = token('token-2');
    await expect(app.connectors.getConnection('notion')).resolves.toEqual({
      accessToken: 'token-2',
      connectionConfig: null,
    });
  });

  it('is evicted beyond maxEntries, the least recently used first', async () => {
    await app.boot({ cache: { maxEntries: 3 } });
    for (const name of ['a', 'b', 'c', 'a', 'd']) await app.getToken(name);
    expect(app.server.requests).toBe(4);
    await app.getToken('a');
    expect(app.server.requests).toBe(4);
    await app.getToken('b');
    expect(app.server.requests).toBe(5);
  });
});
