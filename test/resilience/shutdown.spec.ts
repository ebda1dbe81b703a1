import { waitFor, sleep, catchError } from '../support/async.js';
import { figure } from '../support/figures.js';
import { Resolving } from '../support/resolving.js';
import { hang, status, token } from '../support/token-server.js';

describe('When the application closes', () => {
  const app = Resolving.forEachTest();
  const closing = {
    code: 'BASE44_UNAVAILABLE',
    message: expect.stringContaining('this application is closing') as string,
  };

  it('a thousand calls in flight settle within a second, and no socket stays open', async () => {
    await app.boot({ resilience: { attemptTimeoutMs: 60_000, deadlineMs: 60_000 } });
    app.server.respond = hang;
    const calls = Array.from({ length: 1_000 }, (_, index) =>
      index % 2 === 0
        ? catchError(app.token(`slack-${index}`))
        : catchError(app.connectors.callApi(`x-${index}`, { path: '/' })),
    );
    await waitFor(() => app.server.requests === 1_000, 20_000);
    const beganAtMs = performance.now();
    const [errors] = await Promise.all([Promise.all(calls), app.module!.close()]);
    const tookMs = performance.now() - beganAtMs;
    figure('close with 1,000 in flight', `${tookMs.toFixed(0)} ms`);
    for (const error of errors) expect(error).toMatchObject(closing);
    // The promise is a second; a busy machine gets more.
    expect(tookMs).toBeLessThan(4_000);
    await waitFor(() => app.server.sockets.size === 0);
  });

  it('calls that wait for a retry settle, too, and send nothing more', async () => {
    await app.boot();
    app.server.respond = status(429, { 'Retry-After': '1' });
    const calls = Array.from({ length: 50 }, (_, index) => catchError(app.token(`slack-${index}`)));
    await waitFor(() => app.server.requests === 50);
    await sleep(50);
    await app.module!.close();
    for (const error of await Promise.all(calls)) expect(error).toMatchObject(closing);
    await sleep(1_100);
    expect(app.server.requests).toBe(50);
  });

  it('kept connections are still given out, and new ones are refused', async () => {
    await app.boot({ cache: { ttlMs: 10_000 } });
    await app.token();
    await app.module!.close();
    await expect(app.token()).resolves.toBe('token-1');
    await expect(app.token('notion')).rejects.toMatchObject(closing);
    await expect(app.connectors.callApi('x', { path: '/' })).rejects.toMatchObject(closing);
    // Also one whose renewal is due, and one whose time is over: Base44 cannot be asked.
    app.clock.advance(8_500);
    await expect(app.token()).resolves.toBe('token-1');
    app.clock.advance(2_000);
    await expect(app.token()).resolves.toBe('token-1');
    expect(app.server.requests).toBe(1);
  });

  it('those who wait for the renewal of one that is kept get that one', async () => {
    await app.boot({ cache: { ttlMs: 10_000 } });
    app.server.script.push(token('token-1'));
    await app.token();
    app.server.respond = hang;
    app.clock.advance(11_000);
    const waiting = app.token();
    await waitFor(() => app.server.requests === 2);
    await app.module!.close();
    await expect(waiting).resolves.toBe('token-1');
  });
});
