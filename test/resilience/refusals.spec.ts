import type { ConnectorsModuleOptions } from 'nestjs-base44-connectors';
import { catchError } from '../support/async.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { ConnectorsFixture } from '../support/connectors-fixture.js';
import { printFigure } from '../support/print-figure.js';
import { type Respond, status, token } from '../support/token-server.js';

const MINUTE_MS = 60_000;
const CALLS = 50;

const rateLimit = (retryAfter: number): Respond => status(429, { 'Retry-After': retryAfter });

const brokerRejection = status(
  401,
  {},
  { source: 'connectors-broker', code: 'broker_signature_invalid' },
);

describe('A refusal of Base44 is remembered for all callers', () => {
  const app = ConnectorsFixture.forEachTest();
  let skippedMs: number;

  /** Calls for another connector each, so that no request is shared. Returns the errors. */
  async function callInTurn(calls = CALLS) {
    const errors = [];
    for (let call = 0; call < calls; call += 1) {
      errors.push(await catchError(app.connectors.getConnection(`connector${call}`)));
    }
    return errors;
  }

  /** Lets time pass for this process. */
  const skip = (ms: number): void => {
    skippedMs += ms;
  };

  beforeEach(() => {
    skippedMs = 0;
    const now = performance.now.bind(performance);
    const clock = import.meta.jest.spyOn(performance, 'now');
    clock.mockImplementation(() => now() + skippedMs);
    closeAfterTest(() => {
      clock.mockRestore();
    });
  });

  const boot = (options: Partial<ConnectorsModuleOptions> = {}) => app.boot(options);

  const broker = () => ({
    broker: { url: `${app.server.url}/functions/connectors-broker`, secret: 's'.repeat(32) },
    serviceToken: undefined,
  });

  const client = () => ({
    client: {
      getConnection: async () => {
        const { status: code, headers } = await fetch(app.server.url);
        const response = { headers: { 'retry-after': headers.get('retry-after') } };
        throw Object.assign(new Error(), { status: code, originalError: { response } });
      },
    },
    serviceToken: undefined,
    serverUrl: undefined,
  });

  it.each<[string, string, Respond, (() => object) | undefined]>([
    ['a rate limit', 'RATE_LIMITED', rateLimit(60), undefined],
    ['a rejected service token', 'SERVICE_ROLE_REJECTED', status(401), undefined],
    ['a forbidden service token', 'SERVICE_ROLE_REJECTED', status(403), undefined],
    ['a rate limit at the broker', 'RATE_LIMITED', rateLimit(60), broker],
    ['a rejected signature at the broker', 'BROKER_SECRET_REJECTED', brokerRejection, broker],
    ['a rate limit of a client', 'RATE_LIMITED', rateLimit(60), client],
    ['a rejected token of a client', 'SERVICE_ROLE_REJECTED', status(401), client],
  ])('after %s', async (name, code, respond, options) => {
    app.server.respond = respond;
    await boot(options?.());
    const errors = await callInTurn();
    expect(errors.map((error) => error.code)).toEqual(Array(CALLS).fill(code));
    expect(errors[49]).toMatchObject({ connector: 'connector49', status: errors[0]!.status });
    expect(app.server.requests).toBe(1);
    printFigure(`${CALLS} calls in a row, ${name}: requests`, app.server.requests);
  });

  it('also for metered calls and for other connectors', async () => {
    app.server.respond = rateLimit(60);
    await boot();
    await catchError(app.connectors.callApi('x', { path: '/2' }));
    await expect(app.getToken()).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(app.server.requests).toBe(1);
  });

  it('until Retry-After has passed, and says how long that is', async () => {
    app.server.respond = rateLimit(30);
    await boot();
    await catchError(app.getToken());
    skip(20_000);
    const { code, retryAfterMs } = await catchError(app.getToken());
    expect(code).toBe('RATE_LIMITED');
    expect(retryAfterMs).toBeGreaterThan(5_000);
    expect(retryAfterMs).toBeLessThanOrEqual(10_000);
  });

  it.each([
    ['Retry-After: 30', rateLimit(30), 30_000],
    ['Retry-After of a day', rateLimit(86_400), MINUTE_MS],
    ['a rejected service token', status(401), 5_000],
    ['a forbidden service token', status(403), 5_000],
  ])('and ends after %s', async (_, respond, durationMs) => {
    app.server.respond = respond;
    await boot();
    await catchError(app.getToken());
    app.server.respond = token('token-1');
    // A call waits for the last 5 s of a rate limit, so time does not stop just before its end.
    skip(durationMs === 5_000 ? 0 : durationMs - 10_000);
    await catchError(app.getToken());
    expect(app.server.requests).toBe(1);
    skip(10_000);
    await expect(app.getToken()).resolves.toBe('token-1');
  });

  it('but not when serviceToken() returns another token', async () => {
    let serviceToken = 'token-a';
    app.server.respond = status(401);
    await boot({ serviceToken: () => serviceToken });
    await callInTurn();
    expect(app.server.requests).toBe(1);
    serviceToken = 'token-b';
    app.server.respond = token('token-1');
    await expect(app.getToken()).resolves.toBe('token-1');
    expect(app.server.requests).toBe(2);
  });

  it('of each token that serviceToken() returns', async () => {
    let calls = 0;
    app.server.respond = status(401);
    await boot({ serviceToken: () => (calls++ % 2 === 0 ? 'token-a' : 'token-b') });
    await callInTurn();
    expect(app.server.requests).toBe(2);
  });

  it('but only if it is one: other errors concern one connector or one moment', async () => {
    const responses = [status(404), status(402), status(422), status(200, {}, '<html>')];
    for (const respond of [...responses, status(429), rateLimit(0)]) {
      app.server.respond = respond;
      await boot({ resilience: { retries: 0 } });
      const before = app.server.requests;
      await callInTurn(3);
      expect(app.server.requests - before).toBe(3);
    }
  });

  it('but a user whose token is rejected concerns no other user', async () => {
    await boot();
    app.server.script.push(status(401), status(403));
    for (const user of ['ada', 'bob']) {
      const service = app.connectors.asAppUser(`token-of-${user}`);
      await expect(service.getConnection('slack')).rejects.toMatchObject({
        code: 'SERVICE_ROLE_REJECTED',
      });
      await catchError(service.getConnection('slack'));
    }
    await expect(app.getToken()).resolves.toBe('token-1');
    expect(app.server.requests).toBe(3);
  });

  it('but a service token of an incoming request is remembered for itself', async () => {
    await boot({ request: { base44Headers: true } });
    const callWith = (serviceToken: string) =>
      app.connectors
        .forRequest({
          headers: {
            'base44-app-id': 'app1',
            'base44-service-authorization': `Bearer ${serviceToken}`,
          },
        })
        .getConnection('slack');
    app.server.script.push(status(401));
    await catchError(callWith('forged'));
    await catchError(callWith('forged'));
    await expect(callWith('real')).resolves.toMatchObject({ accessToken: 'token-1' });
    await expect(app.getToken()).resolves.toBe('token-1');
    expect(app.server.requests).toBe(3);
  });
});
