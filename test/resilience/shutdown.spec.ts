import { catchError, sleep, waitFor } from '../support/async.js';
import { ConnectorsFixture } from '../support/connectors-fixture.js';
import { printFigure } from '../support/print-figure.js';
import { hang, status, token } from '../support/token-server.js';

describe('When the application closes', () => {
  const app = ConnectorsFixture.forEachTest();
  const closing = {
    code: 'BASE44_UNAVAILABLE',
    message: expect.stringContaining('this application is closing') as string,
  };

  it('a thousand calls in flight settle, and no socket stays open', async () => {
    await app.boot({ resilience: { attemptTimeoutMs: 600_000, deadlineMs: 600_000 } });
    app.server.respond = hang;
    const calls = Array.from({ length: 1_000 }, (_, index) =>
      index % 2 === 0
        ? catchError(app.getToken(`slack-${index}`))
        : catchError(app.connectors.callApi(`x-${index}`, { path: '/' })),
    );
    // The other calls wait for a socket.
    await waitFor(() => app.server.requests === 128);
    const startMs = performance.now();
    const [errors] = await Promise.all([Promise.all(calls), app.module!.close()]);
    printFigure(
      'close with 1,000 in flight: settled within',
      `${(performance.now() - startMs).toFixed(0)} ms`,
    );
    for (const error of errors) expect(error).toMatchObject(closing);
    await waitFor(() => app.server.sockets.size === 0);
  });

  it('calls that wait for a retry settle and send nothing more', async () => {
    await app.boot();
    app.server.respond = status(429, { 'Retry-After': '1' });
    const calls = Array.from({ length: 50 }, (_, index) =>
      catchError(app.getToken(`slack-${index}`)),
    );
    await waitFor(() => app.server.requests === 50);
    await sleep(50);
    await app.module!.close();
    for (const error of await Promise.all(calls)) expect(error).toMatchObject(closing);
    // The retries were due after 1 to 1.2 seconds.
    await sleep(1_300);
    expect(app.server.requests).toBe(50);
  });

  it('cached connections are still served, and new requests are rejected', async () => {
    await app.boot({ cache: { ttlMs: 10_000 } });
    await app.getToken();
    await app.module!.close();
    await expect(app.getToken()).resolves.toBe('token-1');
    await expect(app.getToken('notion')).rejects.toMatchObject(closing);
    await expect(app.connectors.callApi('x', { path: '/' })).rejects.toMatchObject(closing);
    // Also one whose renewal is due, and a stale one.
    app.clock.advance(8_500);
    await expect(app.getToken()).resolves.toBe('token-1');
    app.clock.advance(2_000);
    await expect(app.getToken()).resolves.toBe('token-1');
    expect(app.server.requests).toBe(1);
  });

  it('callers that wait for a renewal get the stale connection', async () => {
    await app.boot({ cache: { ttlMs: 10_000 } });
    app.server.script.push(token('token-1'));
    await app.getToken();
    app.server.respond = hang;
    app.clock.advance(11_000);
    const waiting = app.getToken();
    await waitFor(() => app.server.requests === 2);
    await app.module!.close();
    await expect(waiting).resolves.toBe('token-1');
  });
});
