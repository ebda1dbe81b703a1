import { waitFor, sleep } from '../support/async.js';
import { ConnectorsFixture } from '../support/connectors-fixture.js';
import { token } from '../support/token-server.js';

describe('A kept connection', () => {
  const app = ConnectorsFixture.forEachTest();

  it('is given out without a request for most of its time to live', async () => {
    await app.boot({ cache: { ttlMs: 10_000 } });
    await app.getToken();
    app.clock.advance(7_000);
    await app.getToken();
    await sleep(10);
    expect(app.server.requests).toBe(1);
  });

  it('is renewed in the background before its time is over, and nobody waits for that', async () => {
    await app.boot({ cache: { ttlMs: 10_000 } });
    await app.getToken();
    const held = app.server.hold();
    app.clock.advance(8_500);
    // The renewal is not answered: whoever waited for it would hang.
    for (let caller = 0; caller < 1_000; caller += 1) {
      await expect(app.getToken()).resolves.toBe('token-1');
    }
    await waitFor(() => held.length === 1);
    token('token-2')(held[0]!);
    let given = '';
    for (let tries = 0; given !== 'token-2' && tries < 1_000; tries += 1) {
      await sleep(1);
      given = await app.getToken();
    }
    expect(given).toBe('token-2');
    expect(app.server.requests).toBe(2);
  });

  it('is asked for again when its time is over', async () => {
    await app.boot({ cache: { ttlMs: 10_000 } });
    await app.getToken();
    app.server.respond = token('token-2');
    app.clock.advance(10_000);
    await expect(app.getToken()).resolves.toBe('token-2');
  });

  it('ends at a time of its own, up to a tenth early, so that not all are renewed at once', async () => {
    await app.boot({ cache: { ttlMs: 100_000 } });
    const names = Array.from({ length: 200 }, (_, index) => `slack-${index}`);
    await Promise.all(names.map((name) => app.getToken(name)));
    const renewedBy: number[] = [];
    // Renewals are due from 72 to 80 seconds: 0.8 of 90 to 100.
    for (const stepMs of [71_900, 2_000, 2_000, 2_000, 2_100]) {
      app.clock.advance(stepMs);
      await Promise.all(names.map((name) => app.getToken(name)));
      await sleep(150);
      renewedBy.push(app.server.requests - names.length);
    }
    expect(renewedBy[0]).toBe(0);
    expect(renewedBy[4]).toBe(names.length);
    expect(new Set(renewedBy).size).toBe(5);
  });

  it('is replaced by a fresh one, which then lives as long as any', async () => {
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

  it('is never kept with cache: false, though callers still share a request', async () => {
    await app.boot({ cache: false });
    const callers = Array.from({ length: 100 }, () => app.getToken());
    await Promise.all(callers);
    expect(app.server.requests).toBe(1);
    await app.getToken();
    await app.getToken();
    expect(app.server.requests).toBe(3);
  });

  it('stays when the wall clock jumps by an hour either way, and so does its end', async () => {
    await app.boot({ cache: { ttlMs: 10_000 } });
    app.server.respond = token('token-1', { expires_in: 3_000 });
    await app.getToken();
    const now = Date.now.bind(Date);
    const { jest } = import.meta;
    for (const jumpMs of [3_600_000, -3_600_000]) {
      jest.spyOn(Date, 'now').mockImplementation(() => now() + jumpMs);
      await app.getToken();
    }
    expect(app.server.requests).toBe(1);
    app.clock.advance(10_000);
    await app.getToken();
    expect(app.server.requests).toBe(2);
    jest.restoreAllMocks();
    // What was fetched while the clock was wrong ends when it should, too.
    app.clock.advance(7_000);
    await app.getToken();
    expect(app.server.requests).toBe(2);
    app.clock.advance(3_000);
    await app.getToken();
    expect(app.server.requests).toBe(3);
  });

  it('is one of maxEntries at most, the least recently used going first', async () => {
    await app.boot({ cache: { maxEntries: 3 } });
    for (const name of ['a', 'b', 'c', 'a', 'd']) await app.getToken(name);
    expect(app.server.requests).toBe(4);
    await app.getToken('a');
    expect(app.server.requests).toBe(4);
    await app.getToken('b');
    expect(app.server.requests).toBe(5);
  });
});
