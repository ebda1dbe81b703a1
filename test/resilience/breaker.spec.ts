import type { ResilienceOptions } from 'nestjs-base44-connectors';
import { sleep, catchError } from '../support/async.js';
import { figure } from '../support/figures.js';
import { Resolving } from '../support/resolving.js';
import { hang, status, token } from '../support/token-server.js';

describe('When Base44 fails several times in a row', () => {
  const app = Resolving.forEachTest();
  const paused = { message: expect.stringContaining('it is given a pause') as string };

  const boot = (breaker: ResilienceOptions['breaker'], more: ResilienceOptions = {}) =>
    app.boot({ cache: false, resilience: { retries: 0, breaker, ...more } });

  const fail = async (times: number) => {
    app.server.respond = status(503);
    for (let call = 0; call < times; call += 1) await catchError(app.token(`slack-${call}`));
  };

  it('calls fail at once, for every connector, and nothing is sent', async () => {
    await boot({ failureThreshold: 3 });
    await fail(3);
    const error = await catchError(app.token('gmail'));
    expect(error).toMatchObject({ ...paused, code: 'BASE44_UNAVAILABLE', isSent: false });
    await expect(app.connectors.callApi('x', { path: '/' })).rejects.toMatchObject(paused);
    expect(app.server.requests).toBe(3);
  });

  it('one call less leaves things as they are', async () => {
    await boot({ failureThreshold: 3 });
    await fail(2);
    app.server.respond = token('token-1');
    await expect(app.token()).resolves.toBe('token-1');
    await fail(2);
    app.server.respond = token('token-1');
    await expect(app.token()).resolves.toBe('token-1');
  });

  it('one call may try again after the pause; when it succeeds, all may', async () => {
    await boot({ failureThreshold: 1, halfOpenAfterMs: 150 });
    await fail(1);
    app.server.respond = token('token-1');
    await expect(app.token()).rejects.toMatchObject(paused);
    await sleep(200);
    await expect(app.token()).resolves.toBe('token-1');
    await expect(Promise.all(['a', 'b', 'c'].map((name) => app.token(name)))).resolves.toHaveLength(
      3,
    );
    expect(app.server.requests).toBe(5);
  });

  it('one call alone may try again after the pause; when it fails, the pause begins anew', async () => {
    await boot({ failureThreshold: 1, halfOpenAfterMs: 150 });
    await fail(1);
    await sleep(200);
    const probes = Array.from({ length: 100 }, (_, index) =>
      catchError(app.token(`probe-${index}`)),
    );
    await Promise.all(probes);
    await expect(app.token()).rejects.toMatchObject(paused);
    expect(app.server.requests).toBe(2);
  });

  it('the pause is not lengthened by a wall clock that is set back', async () => {
    await boot({ failureThreshold: 1, halfOpenAfterMs: 150 });
    await fail(1);
    const now = Date.now.bind(Date);
    const { jest } = import.meta;
    jest.spyOn(Date, 'now').mockImplementation(() => now() - 3_600_000);
    app.server.respond = token('token-1');
    await expect(app.token()).rejects.toMatchObject(paused);
    await sleep(200);
    await expect(app.token()).resolves.toBe('token-1');
    jest.restoreAllMocks();
  });

  it.each([400, 401, 402, 403, 404, 422, 429])(
    'status %d is an answer and no failure',
    async (code) => {
      await boot({ failureThreshold: 1 });
      app.server.respond = status(code, { 'Retry-After': '60' });
      await catchError(app.token());
      app.server.respond = token('token-1');
      await expect(app.token('notion')).resolves.toBe('token-1');
    },
  );

  it('does not count callers that left', async () => {
    await boot({ failureThreshold: 1 });
    app.server.respond = hang;
    await catchError(app.connectors.getConnection('slack', { signal: AbortSignal.timeout(30) }));
    app.server.respond = token('token-1');
    await expect(app.token('notion')).resolves.toBe('token-1');
  });

  it('does not count what was never sent, because its time was over', async () => {
    await boot({ failureThreshold: 2 }, { retries: 1, deadlineMs: 40 });
    app.server.respond = status(503);
    // The pause before a retry takes up to 200 ms, so that it seldom fits.
    await catchError(app.token());
    const sent = app.server.requests;
    await sleep(250);
    app.server.respond = token('token-1');
    const next = app.token('notion').catch((error: unknown) => error);
    if (sent === 1) await expect(next).resolves.toBe('token-1');
  });

  it('breaker: false lets every call through', async () => {
    await boot(false);
    await fail(50);
    expect(app.server.requests).toBe(50);
  });

  it('upstream sees a fraction of the calls of an outage at 1,000 a second', async () => {
    const SECONDS = 5;
    await app.boot({ resilience: { breaker: { halfOpenAfterMs: 1_000 } } });
    app.server.respond = status(503);
    const flights: Promise<unknown>[] = [];
    const beganAtMs = performance.now();
    for (let nowMs = 0; nowMs < SECONDS * 1_000; nowMs = performance.now() - beganAtMs) {
      // As many as are due, each for a connector of its own: none of them share a flight.
      while (flights.length < nowMs) flights.push(catchError(app.token(`slack-${flights.length}`)));
      await sleep(1);
    }
    const errors = (await Promise.all(flights)) as { code: string }[];
    const ratio = app.server.requests / flights.length;
    figure(
      `an outage of ${SECONDS} s at 1,000/s`,
      `${flights.length} flights, ${app.server.requests} attempts, ratio ${ratio.toFixed(4)}`,
    );
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['BASE44_UNAVAILABLE']));
    expect(flights.length).toBeGreaterThan(1_000);
    expect(ratio).toBeLessThanOrEqual(1.1);
  });
});
