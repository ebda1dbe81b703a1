import type { ConnectorsModuleOptions } from 'nestjs-base44-connectors';
import { sleep, waitFor } from '../support/async.js';
import { ConnectorsFixture } from '../support/connectors-fixture.js';
import { printFigure } from '../support/print-figure.js';
import { reset, type Respond, status, token } from '../support/token-server.js';

const ONE_ATTEMPT = { retries: 0, breaker: false } as const;

describe('A stale connection', () => {
  const app = ConnectorsFixture.forEachTest();

  const cacheThenFail = async (failure: Respond, cache: ConnectorsModuleOptions['cache'] = {}) => {
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
  ])('is served while Base44 fails, until staleIfErrorMs has passed: %s', async (_, failure) => {
    await cacheThenFail(failure);
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
  ])('is not served when the failure is permanent: %s', async (_, failure, code) => {
    await cacheThenFail(failure);
    app.clock.advance(10_000);
    await expect(app.getToken()).rejects.toMatchObject({ code });
    await expect(app.getToken()).rejects.toMatchObject({ code });
  });

  it('is not served when an outage ends with a permanent failure', async () => {
    await cacheThenFail(status(503));
    app.clock.advance(10_000);
    await expect(app.getToken()).resolves.toBe('token-1');
    app.server.respond = status(401);
    app.clock.advance(1_000);
    // This call sends a request in the background. No later call gets the token.
    await app.getToken();
    await waitFor(() => app.server.requests === 3);
    await sleep(20);
    await expect(app.getToken()).rejects.toMatchObject({ code: 'SERVICE_ROLE_REJECTED' });
  });

  it('is not served with staleIfErrorMs: 0', async () => {
    await cacheThenFail(status(503), { staleIfErrorMs: 0 });
    app.clock.advance(10_000);
    await expect(app.getToken()).rejects.toMatchObject({ code: 'BASE44_UNAVAILABLE' });
  });

  it('is not served to a caller that wants a fresh one, nor after an invalidation', async () => {
    await cacheThenFail(status(503));
    const fresh = app.connectors.getConnection('slack', { fresh: true });
    await expect(fresh).rejects.toMatchObject({ code: 'BASE44_UNAVAILABLE' });
    await expect(app.getToken()).resolves.toBe('token-1');
    await app.connectors.invalidate('slack');
    await expect(app.getToken()).rejects.toMatchObject({ code: 'BASE44_UNAVAILABLE' });
  });

  it('is evicted by an invalidation after it was served', async () => {
    await cacheThenFail(status(503));
    app.clock.advance(10_000);
    await expect(app.getToken()).resolves.toBe('token-1');
    await app.connectors.invalidate('slack');
    await expect(app.getToken()).rejects.toMatchObject({ code: 'BASE44_UNAVAILABLE' });
  });

  it('causes about one request a second, however many callers use it', async () => {
    await cacheThenFail(status(503), { ttlMs: 10_000, staleIfErrorMs: 60_000 });
    app.clock.advance(10_000);
    app.server.requests = 0;
    for (let tick = 0; tick < 300; tick += 1) {
      const tokens = await Promise.all(Array.from({ length: 100 }, () => app.getToken()));
      expect(new Set(tokens)).toEqual(new Set(['token-1']));
      app.clock.advance(100);
      await sleep(1);
    }
    printFigure('an outage of 30 s, 1,000 callers a second: requests', app.server.requests);
    expect(app.server.requests).toBeLessThanOrEqual(31);
    expect(app.server.requests).toBeGreaterThan(10);
  });

  it('is not made of a newer connection when an earlier request fails', async () => {
    await app.boot({ cache: { ttlMs: 10_000 }, resilience: ONE_ATTEMPT });
    const held = app.server.hold();
    const early = app.getToken();
    await waitFor(() => held.length === 1);
    await app.connectors.invalidate('slack');
    const late = app.getToken();
    await waitFor(() => held.length === 2);
    token('new')(held[1]!);
    await late;
    status(503)(held[0]!);
    await expect(early).resolves.toBe('new');
    // The failure does not bring the next renewal forward.
    app.clock.advance(2_000);
    await app.getToken();
    await sleep(20);
    expect(app.server.requests).toBe(2);
  });

  it('is replaced as soon as Base44 works again', async () => {
    await cacheThenFail(status(503));
    app.clock.advance(10_000);
    await app.getToken();
    app.server.respond = token('token-2');
    app.clock.advance(1_000);
    await app.getToken();
    await waitFor(() => app.server.requests === 3);
    await sleep(20);
    await expect(app.getToken()).resolves.toBe('token-2');
  });

  it('saves 1,000 of 1,000 callers from the error of a failed renewal', async () => {
    await cacheThenFail(status(503), { ttlMs: 10_000, staleIfErrorMs: 20_000_000 });
    let errors = 0;
    let slowestMs = 0;
    app.clock.advance(8_500);
    for (let round = 0; round < 1_000; round += 1) {
      app.clock.advance(1_001);
      const startMs = performance.now();
      await app.getToken().catch(() => (errors += 1));
      slowestMs = Math.max(slowestMs, performance.now() - startMs);
      await sleep(0);
    }
    printFigure(
      'failed renewals: errors in 1,000 calls, requests, slowest call',
      `${errors}, ${app.server.requests}, ${slowestMs.toFixed(1)} ms`,
    );
    expect(errors).toBe(0);
    expect(app.server.requests).toBeGreaterThan(100);
  });

  it('is served while the serviceToken function does not resolve', async () => {
    let isHanging = false;
    await app.boot({
      cache: { ttlMs: 10_000, staleIfErrorMs: 20_000 },
      resilience: { ...ONE_ATTEMPT, attemptTimeoutMs: 100 },
      serviceToken: () => (isHanging ? new Promise<string>(() => undefined) : 'service-token'),
    });
    await app.getToken();
    isHanging = true;
    app.clock.advance(10_000);
    await expect(app.getToken()).resolves.toBe('token-1');
    expect(app.server.requests).toBe(1);
  });

  it('does not exist for a connector that was never connected', async () => {
    await cacheThenFail(status(503));
    await expect(app.getToken('notion')).rejects.toMatchObject({ retryable: true });
  });
});
