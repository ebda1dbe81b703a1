import type { ConnectorsModuleOptions } from 'nestjs-base44-connectors';
import { waitFor, sleep, catchError } from '../support/async.js';
import { printFigure } from '../support/print-figure.js';
import { ConnectorsFixture } from '../support/connectors-fixture.js';
import { type Respond, reset, status, token } from '../support/token-server.js';

const ONE_ATTEMPT = { retries: 0, breaker: false } as const;

describe('While Base44 fails, the last good connection', () => {
  const app = ConnectorsFixture.forEachTest();

  const keepThenFail = async (failure: Respond, cache: ConnectorsModuleOptions['cache'] = {}) => {
    await app.boot({
      cache: { ttlMs: 10_000, staleIfErrorMs: 20_000, ...cache },
      resilience: ONE_ATTEMPT,
    });
    app.server.respond = token('token-1');
    await app.getToken();
    app.server.respond = failure;
  };

  it.each([
    ['429', status(429)],
    ['408', status(408)],
    ['500', status(500)],
    ['503', status(503)],
    ['a reset', reset()],
  ])('is given out within its bounds, and then the error: %s', async (_, failure) => {
    await keepThenFail(failure);
    app.clock.advance(10_000);
    await expect(app.getToken()).resolves.toBe('token-1');
    app.clock.advance(18_900);
    await expect(app.getToken()).resolves.toBe('token-1');
    app.clock.advance(1_100);
    await expect(app.getToken()).rejects.toMatchObject({ retryable: true });
  });

  it.each([
    ['401', status(401), 'SERVICE_ROLE_REJECTED'],
    ['403', status(403), 'SERVICE_ROLE_REJECTED'],
    ['404', status(404), 'CONNECTOR_NOT_CONNECTED'],
    ['HTML at 200', status(200, {}, '<html>'), 'UNEXPECTED_RESPONSE'],
  ])('is not given out past its time when the failure will stay: %s', async (_, failure, code) => {
    await keepThenFail(failure);
    app.clock.advance(10_000);
    await expect(app.getToken()).rejects.toMatchObject({ code });
    await expect(app.getToken()).rejects.toMatchObject({ code });
  });

  it('is not given out past its time when an outage ends with a refusal', async () => {
    await keepThenFail(status(503));
    app.clock.advance(10_000);
    await expect(app.getToken()).resolves.toBe('token-1');
    app.server.respond = status(401);
    app.clock.advance(1_000);
    // This one asks in the background; when the answer is in, nobody gets the token.
    await app.getToken();
    await waitFor(() => app.server.requests === 3);
    await sleep(20);
    await expect(app.getToken()).rejects.toMatchObject({ code: 'SERVICE_ROLE_REJECTED' });
  });

  it('is not given out past its time with staleIfErrorMs: 0', async () => {
    await keepThenFail(status(503), { staleIfErrorMs: 0 });
    app.clock.advance(10_000);
    await expect(app.getToken()).rejects.toMatchObject({ code: 'BASE44_UNAVAILABLE' });
  });

  it('is not given to who wants it fresh, nor after an invalidation', async () => {
    await keepThenFail(status(503));
    const fresh = app.connectors.getConnection('slack', { fresh: true });
    await expect(fresh).rejects.toMatchObject({ code: 'BASE44_UNAVAILABLE' });
    await expect(app.getToken()).resolves.toBe('token-1');
    await app.connectors.invalidate('slack');
    await expect(app.getToken()).rejects.toMatchObject({ code: 'BASE44_UNAVAILABLE' });
  });

  it('costs Base44 about one request a second, however many use it', async () => {
    await keepThenFail(status(503), { ttlMs: 10_000, staleIfErrorMs: 60_000 });
    app.clock.advance(10_000);
    app.server.requests = 0;
    for (let tick = 0; tick < 300; tick += 1) {
      const given = await Promise.all(Array.from({ length: 100 }, () => app.getToken()));
      expect(new Set(given)).toEqual(new Set(['token-1']));
      app.clock.advance(100);
      await sleep(1);
    }
    printFigure('an outage of 30 s, 1,000 callers a second: requests', app.server.requests);
    expect(app.server.requests).toBeLessThanOrEqual(31);
    expect(app.server.requests).toBeGreaterThan(10);
  });

  it('gives way to a new one as soon as Base44 is back', async () => {
    await keepThenFail(status(503));
    app.clock.advance(10_000);
    await app.getToken();
    app.server.respond = token('token-2');
    app.clock.advance(1_000);
    await app.getToken();
    await waitFor(() => app.server.requests === 3);
    await sleep(20);
    await expect(app.getToken()).resolves.toBe('token-2');
  });

  it('costs nobody anything when a renewal fails: 1,000 of 1,000 callers get it', async () => {
    await keepThenFail(status(503), { ttlMs: 10_000, staleIfErrorMs: 20_000_000 });
    let errors = 0;
    let slowestMs = 0;
    app.clock.advance(8_500);
    for (let round = 0; round < 1_000; round += 1) {
      app.clock.advance(1_001);
      const beganAtMs = performance.now();
      await app.getToken().catch(() => (errors += 1));
      slowestMs = Math.max(slowestMs, performance.now() - beganAtMs);
      const failed = app.server.requests;
      if (round % 100 === 0) await waitFor(() => app.server.requests >= failed);
      await sleep(0);
    }
    printFigure('failed renewals: visible errors in 1,000', errors);
    printFigure(
      'failed renewals: requests, slowest caller',
      `${app.server.requests}, ${slowestMs.toFixed(1)} ms`,
    );
    expect(errors).toBe(0);
    expect(app.server.requests).toBeGreaterThan(100);
  });

  it('is not there for a connector that was never connected', async () => {
    await keepThenFail(status(503));
    await expect(catchError(app.getToken('notion'))).resolves.toMatchObject({ retryable: true });
  });
});
