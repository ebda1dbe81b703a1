import type { ResilienceOptions } from 'nestjs-base44-connectors';
import { catchError, sleep, waitFor } from '../support/async.js';
import { ConnectorsFixture } from '../support/connectors-fixture.js';
import { printFigure } from '../support/print-figure.js';
import { scaled } from '../support/scale.js';
import { hang, status, token } from '../support/token-server.js';

describe('When Base44 fails several times in a row', () => {
  const app = ConnectorsFixture.forEachTest();
  /** The error of a call that the open breaker rejects. */
  const breakerOpen = { code: 'BASE44_UNAVAILABLE', isSent: false };

  const boot = (breaker: ResilienceOptions['breaker'], more: ResilienceOptions = {}) =>
    app.boot({ cache: false, resilience: { retries: 0, breaker, ...more } });

  const fail = async (times: number) => {
    app.server.respond = status(503);
    for (let call = 0; call < times; call += 1) await catchError(app.getToken(`slack-${call}`));
  };

  it('calls for every connector fail and send nothing', async () => {
    await boot({ failureThreshold: 3, halfOpenAfterMs: 60_000 });
    await fail(3);
    app.server.respond = token('token-1');
    await expect(app.getToken('gmail')).rejects.toMatchObject(breakerOpen);
    await expect(app.connectors.callApi('x', { path: '/' })).rejects.toMatchObject(breakerOpen);
    expect(app.server.requests).toBe(3);
  });

  it('the breaker stays closed below the threshold', async () => {
    await boot({ failureThreshold: 3 });
    await fail(2);
    app.server.respond = token('token-1');
    await expect(app.getToken()).resolves.toBe('token-1');
    await fail(2);
    app.server.respond = token('token-1');
    await expect(app.getToken()).resolves.toBe('token-1');
  });

  it('the breaker does not count metered calls that their callers cancel', async () => {
    await boot({ failureThreshold: 2 });
    app.server.respond = hang;
    for (let call = 0; call < 4; call += 1) {
      const signal = AbortSignal.timeout(20);
      await catchError(app.connectors.callApi('x', { path: '/' }, { signal }));
    }
    app.server.respond = token('token-1');
    await expect(app.getToken()).resolves.toBe('token-1');
  });

  it('a probe whose client never settles ends with its deadline, and the next call probes', async () => {
    let isDown = true;
    const client = {
      getConnection: () =>
        isDown
          ? Promise.reject(Object.assign(new Error('down'), { status: 503 }))
          : Promise.resolve({ accessToken: 'token-1' }),
      callApi: () => new Promise(() => undefined),
    };
    const breaker = { failureThreshold: 2, halfOpenAfterMs: 50 };
    const resilience = { deadlineMs: 200, attemptTimeoutMs: 200, retries: 0, breaker };
    await app.boot({ client, serviceToken: undefined, cache: false, resilience });
    for (let call = 0; call < 2; call += 1) await catchError(app.getToken());
    isDown = false;
    await sleep(100);
    await catchError(app.connectors.callApi('x', { path: '/' }));
    await sleep(100);
    await expect(app.getToken()).resolves.toBe('token-1');
  });

  it('one call probes after the pause, and closes the breaker when it succeeds', async () => {
    await boot({ failureThreshold: 1, halfOpenAfterMs: 150 });
    await fail(1);
    app.server.respond = token('token-1');
    await sleep(200);
    await expect(app.getToken()).resolves.toBe('token-1');
    await Promise.all(['a', 'b', 'c'].map((name) => app.getToken(name)));
    expect(app.server.requests).toBe(5);
  });

  it('only one call probes after the pause, and opens the breaker again when it fails', async () => {
    const halfOpenAfterMs = 1_000;
    await boot({ failureThreshold: 1, halfOpenAfterMs });
    await fail(1);
    await sleep(halfOpenAfterMs + 50);
    const probes = Array.from({ length: 100 }, (_, index) =>
      catchError(app.getToken(`probe-${index}`)),
    );
    await Promise.all(probes);
    await expect(app.getToken()).rejects.toMatchObject(breakerOpen);
    expect(app.server.requests).toBe(2);
  });

  it('a wall clock that is set back does not lengthen the pause', async () => {
    await boot({ failureThreshold: 1, halfOpenAfterMs: 150 });
    await fail(1);
    const now = Date.now.bind(Date);
    const spy = import.meta.jest.spyOn(Date, 'now').mockImplementation(() => now() - 3_600_000);
    app.server.respond = token('token-1');
    await sleep(200);
    await expect(app.getToken()).resolves.toBe('token-1');
    spy.mockRestore();
  });

  it.each([400, 401, 402, 403, 404, 422, 429])('status %d does not count', async (code) => {
    await boot({ failureThreshold: 1 });
    app.server.respond = status(code, { 'Retry-After': '60' });
    await catchError(app.getToken());
    app.server.respond = token('token-1');
    await expect(app.getToken('notion')).resolves.toBe('token-1');
  });

  it('a call that its caller aborts does not count', async () => {
    await boot({ failureThreshold: 1 });
    app.server.respond = hang;
    const controller = new AbortController();
    const aborted = app.connectors.getConnection('slack', { signal: controller.signal });
    await waitFor(() => app.server.requests === 1);
    controller.abort();
    await catchError(aborted);
    app.server.respond = token('token-1');
    await expect(app.getToken('notion')).resolves.toBe('token-1');
  });

  /** Starts a call that Base44 leaves without a response, and abandons it. */
  const abandon = async (start: (signal: AbortSignal) => Promise<unknown>) => {
    const { requests } = app.server;
    app.server.respond = hang;
    const controller = new AbortController();
    const aborted = start(controller.signal);
    await waitFor(() => app.server.requests === requests + 1);
    controller.abort();
    await catchError(aborted);
  };

  it.each([
    ['getConnection', (signal: AbortSignal) => app.connectors.getConnection('a', { signal })],
    ['callApi', (signal: AbortSignal) => app.connectors.callApi('x', { path: '/' }, { signal })],
  ])('a %s that its caller aborts is neither a failure nor a success', async (_name, start) => {
    await boot({ failureThreshold: 2, halfOpenAfterMs: 60_000 });
    await fail(1);
    await abandon(start);
    await fail(1);
    await expect(app.getToken('notion')).rejects.toMatchObject(breakerOpen);
    expect(app.server.requests).toBe(3);
  });

  const getConnection = () => app.getToken();
  const callApi = () => app.connectors.callApi('x', { path: '/' });
  const throwError = (): never => {
    throw new Error('no token');
  };
  const neverSettle = () => new Promise<string>(() => undefined);

  it.each([
    ['fails', throwError, getConnection],
    ['never settles', neverSettle, getConnection],
    ['never settles', neverSettle, callApi],
  ])('a serviceToken function that %s is neither a failure nor a success', async (_, get, call) => {
    let isBroken = false;
    const serviceToken = () => (isBroken ? get() : 'service-token');
    const breaker = { failureThreshold: 2, halfOpenAfterMs: 60_000 };
    const resilience = { attemptTimeoutMs: 300, deadlineMs: 300, retries: 0, breaker };
    await app.boot({ cache: false, serviceToken, resilience });
    await fail(1);
    isBroken = true;
    for (let round = 0; round < 3; round += 1) await catchError(call());
    isBroken = false;
    await fail(1);
    await expect(app.getToken('notion')).rejects.toMatchObject(breakerOpen);
    expect(app.server.requests).toBe(2);
  });

  it('a probe that its caller abandons decides nothing: the next caller probes', async () => {
    const halfOpenAfterMs = 1_000;
    await boot({ failureThreshold: 1, halfOpenAfterMs });
    await fail(1);
    await sleep(halfOpenAfterMs + 50);
    let waiting: Promise<unknown>[] = [];
    await abandon((signal) => {
      const probe = app.connectors.getConnection('probe', { signal });
      waiting = Array.from({ length: 100 }, (_, index) =>
        catchError(app.getToken(`waiting-${index}`)),
      );
      app.server.script.push(hang, status(503));
      return probe;
    });
    await expect(Promise.all(waiting)).resolves.toHaveLength(100);
    expect(app.server.requests).toBe(3);
  });

  it('a retry that was never sent, because its call had ended, does not count', async () => {
    await boot({ failureThreshold: 2, halfOpenAfterMs: 60_000 }, { retries: 1 });
    app.server.respond = status(503, { 'Retry-After': '1' });
    const controller = new AbortController();
    const aborted = app.connectors.getConnection('slack', { signal: controller.signal });
    await waitFor(() => app.server.requests === 1);
    await sleep(50);
    controller.abort();
    await catchError(aborted);
    // The retry was due after 1 to 1.2 seconds.
    await sleep(1_400);
    app.server.respond = token('token-1');
    await expect(app.getToken('notion')).resolves.toBe('token-1');
  });

  it('breaker: false sends every call', async () => {
    await boot(false);
    await fail(50);
    expect(app.server.requests).toBe(50);
  });

  it('Base44 receives at most 1.1 times as many requests as there are calls', async () => {
    const durationMs = scaled(60_000, 2_000);
    await app.boot({ resilience: { breaker: { halfOpenAfterMs: 1_000 } } });
    app.server.respond = status(503);
    const codes = new Set<unknown>();
    const calls: Promise<unknown>[] = [];
    const startMs = performance.now();
    for (let nowMs = 0; nowMs < durationMs; nowMs = performance.now() - startMs) {
      // One call each millisecond, each for another connector, so that none share a request.
      while (calls.length < nowMs) {
        const call = catchError(app.getToken(`slack-${calls.length}`));
        calls.push(call.then(({ code }) => codes.add(code)));
      }
      await sleep(1);
    }
    await Promise.all(calls);
    const ratio = app.server.requests / calls.length;
    printFigure(
      `an outage of ${durationMs / 1_000} s at 1,000 calls a second`,
      `${calls.length} calls, ${app.server.requests} requests, ratio ${ratio.toFixed(4)}`,
    );
    expect(codes).toEqual(new Set(['BASE44_UNAVAILABLE']));
    expect(ratio).toBeLessThanOrEqual(1.1);
  });
});
