import { catchError, createGate, waitFor } from '../support/async.js';
import { ConnectorsFixture } from '../support/connectors-fixture.js';
import { printFigure } from '../support/print-figure.js';
import { hang, status, token } from '../support/token-server.js';

describe('When the application closes', () => {
  const app = ConnectorsFixture.forEachTest();
  const closing = {
    code: 'BASE44_UNAVAILABLE',
    message: expect.stringContaining('this application is closing') as string,
  };

  it('a thousand calls in flight end as they would have, and no socket stays open', async () => {
    await app.boot({ resilience: { attemptTimeoutMs: 600_000, deadlineMs: 600_000 } });
    const gate = createGate();
    app.server.respond = async (...given) => {
      await gate.opened;
      await token('token-1')(...given);
    };
    const calls = Array.from({ length: 1_000 }, (_, index) => app.getToken(`slack-${index}`));
    // The other calls wait for a socket.
    await waitFor(() => app.server.requests === 128);
    const closing = app.module!.close();
    gate.open();
    const tokens = await Promise.all(calls);
    await closing;
    printFigure('close with 1,000 calls in flight: answered', tokens.length);
    expect(new Set(tokens)).toEqual(new Set(['token-1']));
    await waitFor(() => app.server.sockets.size === 0);
  });

  it('calls that hang reject after their deadline', async () => {
    const deadlineMs = 3_000;
    await app.boot({ resilience: { attemptTimeoutMs: deadlineMs, deadlineMs } });
    app.server.respond = hang;
    const calls = Array.from({ length: 100 }, (_, index) =>
      index % 2 === 0
        ? catchError(app.getToken(`slack-${index}`))
        : catchError(app.connectors.callApi(`x-${index}`, { path: '/' })),
    );
    await waitFor(() => app.server.requests === 100);
    const startMs = performance.now();
    const [errors] = await Promise.all([Promise.all(calls), app.module!.close()]);
    const deadlines = (performance.now() - startMs) / deadlineMs;
    printFigure('close with 100 calls that hang', `${deadlines.toFixed(2)} deadlines`);
    for (const error of errors) expect(error).toMatchObject({ code: 'BASE44_UNAVAILABLE' });
    await waitFor(() => app.server.sockets.size === 0);
  });

  it('a renewal in the background ends at once', async () => {
    await app.boot({
      cache: { ttlMs: 10_000 },
      resilience: { attemptTimeoutMs: 600_000, deadlineMs: 600_000 },
    });
    app.server.script.push(token('token-1'));
    await app.getToken();
    app.server.respond = hang;
    app.clock.advance(8_500);
    await app.getToken();
    await waitFor(() => app.server.requests === 2);
    await app.module!.close();
    await waitFor(() => app.server.sockets.size === 0);
  });

  it('calls that wait for a retry get their response', async () => {
    await app.boot();
    app.server.respond = status(429, { 'Retry-After': '1' });
    const call = app.getToken();
    await waitFor(() => app.server.requests === 1);
    app.server.respond = token('token-1');
    await app.module!.close();
    await expect(call).resolves.toBe('token-1');
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
    app.server.respond = status(503);
    app.clock.advance(11_000);
    const waiting = app.getToken();
    await waitFor(() => app.server.requests === 2);
    await app.module!.close();
    await expect(waiting).resolves.toBe('token-1');
  });
});
