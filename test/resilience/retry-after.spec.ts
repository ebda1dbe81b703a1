import { catchError } from '../support/async.js';
import { Resolving } from '../support/resolving.js';
import { status, token } from '../support/token-server.js';

/** As a header has it: in whole seconds, and at least so much from now. */
const dateIn = (ms: number): string =>
  new Date(Math.ceil((Date.now() + ms) / 1_000) * 1_000).toUTCString();

describe('Retry-After', () => {
  const app = Resolving.forEachTest();

  beforeEach(() => app.boot({ cache: false, resilience: { breaker: false, retries: 1 } }));

  const failOnce = (code: number, retryAfter: string) => {
    app.server.script.push(status(code, { 'Retry-After': retryAfter }));
    app.server.respond = token('token-1');
  };

  const waits = async (): Promise<number> => {
    const beganAtMs = performance.now();
    await expect(app.token()).resolves.toBe('token-1');
    expect(app.server.requests).toBe(2);
    return performance.now() - beganAtMs;
  };

  it.each([429, 503, 408])('in seconds is waited for, at status %d', async (code) => {
    failOnce(code, '1');
    expect(await waits()).toBeGreaterThanOrEqual(990);
  });

  it('as a date is waited for', async () => {
    failOnce(429, dateIn(1_000));
    // Timers may be a little early.
    expect(await waits()).toBeGreaterThanOrEqual(950);
  });

  it.each(['0', '00', dateIn(-3_600_000)])(
    'that is over (%s) is no reason to wait long',
    async (past) => {
      failOnce(429, past);
      expect(await waits()).toBeLessThan(2_000);
    },
  );

  it.each(['-5', '0x5', '5.5', '1e3', 'soon', '', ' ', '5, 5', '99999999999', '2100-01-01'])(
    'that says nothing (%p) is ignored',
    async (junk) => {
      failOnce(429, junk);
      expect(await waits()).toBeLessThan(2_000);
    },
  );

  it.each([
    ['6', 6_000],
    ['3600', 3_600_000],
    ['1000000000', 86_400_000],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 86_400_000],
  ])(
    'of more than five seconds (%s) fails at once, and says how long',
    async (value, retryAfterMs) => {
      failOnce(429, value);
      const beganAtMs = performance.now();
      await expect(app.token()).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs });
      expect(performance.now() - beganAtMs).toBeLessThan(2_000);
      expect(app.server.requests).toBe(1);
    },
  );

  it('that would outlast the deadline fails at once, too', async () => {
    await app.boot({ cache: false, resilience: { deadlineMs: 3_000 } });
    failOnce(503, '4');
    const beganAtMs = performance.now();
    const error = await catchError(app.token());
    expect(performance.now() - beganAtMs).toBeLessThan(2_000);
    expect(error).toMatchObject({ code: 'BASE44_UNAVAILABLE', retryAfterMs: 4_000 });
  });
});
