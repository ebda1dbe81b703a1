import type { ResilienceOptions } from 'nestjs-base44-connectors';
import { catchError, sleep } from '../support/async.js';
import { ConnectorsFixture } from '../support/connectors-fixture.js';
import { findFreePort } from '../support/free-port.js';
import { printFigure } from '../support/print-figure.js';
import { hang, reset, type Respond, status, token } from '../support/token-server.js';

describe('A failed request', () => {
  const app = ConnectorsFixture.forEachTest();

  const boot = (resilience: ResilienceOptions | false = {}) =>
    app.boot({ cache: false, resilience: resilience && { breaker: false, ...resilience } });

  const transient: [string, Respond][] = [
    ['408', status(408)],
    ['429', status(429)],
    ['500', status(500)],
    ['502', status(502)],
    ['503', status(503)],
    ['504', status(504)],
    ['a reset', reset()],
  ];

  it.each(transient)('is retried when that may help: %s', async (_, failure) => {
    await boot();
    app.server.script.push(failure, failure);
    await expect(app.getToken()).resolves.toBe('token-1');
    expect(app.server.requests).toBe(3);
  });

  it('is retried when there is no response within the timeout of the attempt', async () => {
    await boot({ attemptTimeoutMs: 1_000 });
    app.server.script.push(hang);
    await expect(app.getToken()).resolves.toBe('token-1');
    expect(app.server.requests).toBe(2);
  });

  it.each([
    ['400', status(400)],
    ['401', status(401)],
    ['402', status(402)],
    ['403', status(403)],
    ['404', status(404)],
    ['409', status(409)],
    ['422', status(422)],
    ['a redirect', status(302, { Location: '/' })],
    ['HTML at 200', status(200, {}, '<html>')],
    ['invalid JSON', status(200, {}, '{')],
    ['an empty body', status(200, {}, '')],
    ['a body without a token', status(200, {}, {})],
    ['a number as token', token(42 as never)],
  ])('is not retried when that cannot help: %s', async (_, failure) => {
    await boot();
    app.server.script.push(failure);
    await expect(app.getToken()).rejects.toMatchObject({ retryable: false });
    await sleep(10);
    expect(app.server.requests).toBe(1);
  });

  it.each([0, 1, 2, 4])('is retried at most %d times', async (retries) => {
    await boot({ retries });
    app.server.respond = reset();
    await expect(app.getToken()).rejects.toMatchObject({ code: 'BASE44_UNAVAILABLE' });
    expect(app.server.requests).toBe(retries + 1);
  });

  it('is never retried with resilience: false', async () => {
    await boot(false);
    app.server.respond = status(503);
    for (let call = 0; call < 20; call += 1) await catchError(app.getToken());
    expect(app.server.requests).toBe(20);
  });

  it('is retried after backoffs of different lengths', async () => {
    await boot({ retries: 1 });
    const firstAtMs: number[] = [];
    const backoffsMs: number[] = [];
    app.server.respond = (response) => {
      const connector = Number(/slack-(\d+)/.exec(response.req.url!)![1]);
      if (firstAtMs[connector] === undefined) {
        firstAtMs[connector] = performance.now();
        status(503)(response);
      } else {
        backoffsMs.push(performance.now() - firstAtMs[connector]);
        token('token-1')(response);
      }
    };
    await Promise.all(Array.from({ length: 60 }, (_, index) => app.getToken(`slack-${index}`)));
    expect(backoffsMs).toHaveLength(60);
    const steps = new Set(backoffsMs.map((ms) => Math.floor(ms / 20)));
    printFigure('60 backoffs before the first retry: different steps of 20 ms', steps.size);
    expect(steps.size).toBeGreaterThan(4);
  });

  it('is not retried after its caller has aborted', async () => {
    await boot({ retries: 10 });
    app.server.respond = status(503, { 'Retry-After': '1' });
    const signal = AbortSignal.timeout(300);
    await catchError(app.connectors.getConnection('slack', { signal }));
    // The retry was due after 1 to 1.2 seconds.
    await sleep(1_400);
    expect(app.server.requests).toBe(1);
  });

  it('ends with the deadline, which counts attempts and backoffs together', async () => {
    await boot({ retries: 10, attemptTimeoutMs: 60, deadlineMs: 300 });
    app.server.respond = hang;
    const tookMs: number[] = [];
    for (let call = 0; call < 5; call += 1) {
      app.server.requests = 0;
      const startMs = performance.now();
      await expect(app.getToken()).rejects.toMatchObject({ code: 'BASE44_UNAVAILABLE' });
      tookMs.push(performance.now() - startMs);
      // Without the deadline there would be eleven attempts.
      expect(app.server.requests).toBeLessThan(11);
    }
    printFigure('deadline of 300 ms: slowest of 5 calls', `${Math.max(...tookMs).toFixed(1)} ms`);
  });

  it('that reached no server is retried, and its error names the cause', async () => {
    await app.boot({ serverUrl: `http://127.0.0.1:${await findFreePort()}`, cache: false });
    await expect(app.getToken()).rejects.toMatchObject({
      message: expect.stringContaining('ECONNREFUSED') as string,
      isSent: false,
    });
  });

  it('on a kept-alive connection that the server closes costs no caller an error', async () => {
    await boot();
    let errors = 0;
    let resets = 0;
    const dead = new Set<unknown>();
    app.server.respond = (response) => {
      const isDead = dead.has(response.req.socket);
      if (isDead) resets += 1;
      (isDead ? reset() : token('token-1'))(response);
    };
    for (let round = 0; round < 10; round += 1) {
      // Every connection that is open now is reset when it is used again.
      for (const socket of app.server.sockets) dead.add(socket);
      const calls = Array.from({ length: 100 }, (_, index) => app.getToken(`slack-${index}`));
      for (const { status: outcome } of await Promise.allSettled(calls)) {
        if (outcome === 'rejected') errors += 1;
      }
    }
    printFigure('kept-alive connections reset on reuse, errors in 1,000', `${resets}, ${errors}`);
    expect(errors).toBe(0);
    // The pool keeps only two idle connections, so few are reused after their reset.
    expect(resets).toBeGreaterThan(5);
  });
});
