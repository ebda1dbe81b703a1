import { ConnectorsFixture } from '../support/connectors-fixture.js';
import { status, token } from '../support/token-server.js';

/** A misread header would make a call wait five seconds. Even a busy machine needs less for a backoff. */
const LESS_THAN_MISREAD_MS = 4_500;

/** The date of a header has whole seconds, so this rounds up. */
const toDate = (ms: number): string =>
  new Date(Math.ceil((Date.now() + ms) / 1_000) * 1_000).toUTCString();

describe('Retry-After', () => {
  const app = ConnectorsFixture.forEachTest();

  beforeEach(() => app.boot({ cache: false, resilience: { breaker: false, retries: 1 } }));

  const failOnce = (code: number, retryAfter: string) => {
    app.server.script.push(status(code, { 'Retry-After': retryAfter }));
    app.server.respond = token('token-1');
  };

  /** Succeeds with the second request. Returns how long that took. */
  const measureRetry = async (): Promise<number> => {
    const startMs = performance.now();
    await expect(app.getToken()).resolves.toBe('token-1');
    expect(app.server.requests).toBe(2);
    return performance.now() - startMs;
  };

  it.each([429, 503, 408])('in seconds delays the retry, at status %d', async (code) => {
    failOnce(code, '1');
    // Timers may fire a little early.
    expect(await measureRetry()).toBeGreaterThanOrEqual(990);
  });

  it('as a date delays the retry', async () => {
    failOnce(429, toDate(1_000));
    expect(await measureRetry()).toBeGreaterThanOrEqual(950);
  });

  it.each(['0', '00', toDate(-3_600_000)])('in the past (%s) does not delay it', async (past) => {
    failOnce(429, past);
    expect(await measureRetry()).toBeLessThan(LESS_THAN_MISREAD_MS);
  });

  it.each(['-5', '0x5', '5.5.5', '1e3', 'soon', '', ' ', '5; 5', '99999999999', '2100-01-01'])(
    'with an invalid value (%p) is ignored',
    async (value) => {
      failOnce(429, value);
      expect(await measureRetry()).toBeLessThan(LESS_THAN_MISREAD_MS);
    },
  );

  it.each([
    ['6', 6_000],
    ['3600', 3_600_000],
    ['1000000000', 86_400_000],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 86_400_000],
  ])('of more than five seconds (%s) rejects without a retry', async (value, retryAfterMs) => {
    failOnce(429, value);
    await expect(app.getToken()).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs });
    expect(app.server.requests).toBe(1);
  });

  it('that would outlast the deadline rejects without a retry', async () => {
    await app.boot({ cache: false, resilience: { deadlineMs: 3_000 } });
    failOnce(503, '4');
    // The deadline's own error would have no retryAfterMs.
    await expect(app.getToken()).rejects.toMatchObject({
      code: 'BASE44_UNAVAILABLE',
      retryAfterMs: 4_000,
    });
    expect(app.server.requests).toBe(1);
  });
});
