import type { ConnectorsModuleOptions, ConnectorsService } from 'nestjs-base44-connectors';
import { type CaughtError, catchError, settle, sleep, waitFor } from '../support/async.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { ConnectorsFixture } from '../support/connectors-fixture.js';
import { createConnectors } from '../support/create-connectors.js';
import { printFigure } from '../support/print-figure.js';
import { type Respond, status, token } from '../support/token-server.js';

const CALLS = 50;
const NEGATIVE_TTL_MS = 5_000;

type Options = Partial<ConnectorsModuleOptions>;
type Call = (service: ConnectorsService, index: number) => Promise<unknown>;

const rateLimit = (retryAfter = 60): Respond => status(429, { 'Retry-After': retryAfter });

const REFUSALS: [string, Respond, string][] = [
  ['429 with Retry-After', rateLimit(), 'RATE_LIMITED'],
  ['401', status(401), 'SERVICE_ROLE_REJECTED'],
  ['403', status(403), 'SERVICE_ROLE_REJECTED'],
];

/** Lets time pass for this process. */
function createTimeMachine(): (ms: number) => void {
  let skippedMs = 0;
  const now = performance.now.bind(performance);
  const clock = import.meta.jest.spyOn(performance, 'now');
  clock.mockImplementation(() => now() + skippedMs);
  closeAfterTest(() => {
    clock.mockRestore();
  });
  return (ms) => (skippedMs += ms);
}

describe('A refusal of Base44', () => {
  const app = ConnectorsFixture.forEachTest();

  async function callInARow(call: Call, calls = CALLS): Promise<CaughtError[]> {
    const errors = [];
    for (let index = 0; index < calls; index += 1) {
      errors.push(await catchError(call(app.connectors, index)));
    }
    return errors;
  }

  const direct = (): Options => ({});

  const broker = (): Options => ({
    broker: { url: `${app.server.url}/functions/connectors-broker`, secret: 's'.repeat(32) },
    serviceToken: undefined,
  });

  /** A client with the errors of the official SDK. */
  const client = (): Options => ({
    client: {
      getConnection: async () => {
        const { status: code, headers } = await fetch(app.server.url);
        const response = { headers: Object.fromEntries(headers) };
        throw Object.assign(new Error(), { status: code, originalError: { response } });
      },
    },
    serviceToken: undefined,
    serverUrl: undefined,
  });

  describe.each(REFUSALS)('with %s', (name, respond, code) => {
    it.each<[string, Call, () => Options]>([
      ['one connector', (service) => service.getConnection('slack'), direct],
      ['as many connectors', (service, index) => service.getConnection(`slack${index}`), direct],
      ['metered calls', (service) => service.callApi('x', { path: '/' }), direct],
      [
        'as many users',
        (service, index) => service.asAppUser(`user-${index}`).getConnection('slack'),
        direct,
      ],
      ['one connector through the broker', (service) => service.getConnection('slack'), broker],
      ['one connector of a client', (service) => service.getConnection('slack'), client],
    ])('causes at most 2 requests of 50 calls in a row: %s', async (kind, call, options) => {
      await app.boot(options());
      app.server.respond = respond;
      const errors = await callInARow(call);
      expect(new Set(errors.map((error) => error.code))).toEqual(new Set([code]));
      expect(new Set(errors).size).toBe(CALLS);
      expect(app.server.requests).toBeLessThanOrEqual(2);
      printFigure(`50 calls in a row, ${name}, ${kind}: requests`, app.server.requests);
    });

    it('concerns no other connector and no other user until a second one is refused', async () => {
      await app.boot();
      app.server.script.push(respond);
      await callInARow((service) => service.getConnection('slack'), 2);
      await expect(app.getToken('notion')).resolves.toBe('token-1');
      const user = app.connectors.asAppUser('user-1');
      await expect(user.getConnection('slack')).resolves.toMatchObject({ accessToken: 'token-1' });
      expect(app.server.requests).toBe(3);
    });

    it('reports the connector of each call', async () => {
      await app.boot();
      app.server.respond = respond;
      const errors = await callInARow((service, index) => service.getConnection(`slack${index}`));
      expect(errors[49]).toMatchObject({ connector: 'slack49', status: errors[0]!.status });
      expect(errors[49]!.constructor).toBe(errors[0]!.constructor);
    });

    it('concerns no other service token, which is tried at once', async () => {
      let serviceToken = 'token-a';
      await app.boot({ serviceToken: () => serviceToken });
      app.server.respond = respond;
      await callInARow((service, index) => service.getConnection(`slack${index}`));
      const { requests } = app.server;
      app.server.respond = token('token-1');
      serviceToken = 'token-b';
      await expect(app.getToken('slack1')).resolves.toBe('token-1');
      expect(app.server.requests).toBe(requests + 1);
    });

    it('concerns no other service token of an incoming request', async () => {
      await app.boot({ request: { base44Headers: true } });
      const actAs = (serviceToken: string) =>
        app.connectors.forRequest({
          headers: {
            'base44-app-id': 'app1',
            'base44-service-authorization': `Bearer ${serviceToken}`,
          },
        });
      app.server.script.push(respond, respond);
      await callInARow((_, index) => actAs('forged').getConnection(`slack${index}`));
      expect(app.server.requests).toBe(2);
      await expect(actAs('real').getConnection('slack1')).resolves.toBeDefined();
      await expect(app.getToken('slack1')).resolves.toBe('token-1');
    });

    it('concerns no other instance', async () => {
      const options = { serverUrl: app.server.url, serviceToken: 'service-token' };
      await app.boot(options);
      const other = await createConnectors(options);
      app.server.script.push(respond, respond);
      await callInARow((service, index) => service.getConnection(`slack${index}`));
      await expect(other.getConnection('slack1')).resolves.toBeDefined();
    });

    it.each<[string, (service: ConnectorsService) => Promise<unknown>]>([
      ['fresh: true', (service) => service.getConnection('slack1', { fresh: true })],
      ['invalidate(connector)', (service) => service.invalidate('slack1')],
      ['invalidate()', (service) => service.invalidate()],
    ])('does not keep a caller from asking again with %s', async (_, askAgain) => {
      await app.boot();
      app.server.respond = respond;
      await callInARow((service, index) => service.getConnection(`slack${index}`));
      app.server.respond = token('token-1');
      await askAgain(app.connectors);
      await expect(app.getToken('slack1')).resolves.toBe('token-1');
      // The success shows that Base44 accepts again.
      await expect(app.getToken('slack2')).resolves.toBe('token-1');
    });

    it('is remembered anew when a fresh request is refused', async () => {
      await app.boot();
      app.server.respond = respond;
      await callInARow((service) => service.getConnection('slack', { fresh: true }), 3);
      expect(app.server.requests).toBe(3);
      await callInARow((service) => service.getConnection('slack'));
      expect(app.server.requests).toBe(3);
    });

    it('is not forgotten because a provider rejected a token', async () => {
      await app.boot();
      app.server.respond = respond;
      await callInARow(async (service) => {
        await service.invalidate('slack', 'rejected');
        await service.getConnection('slack');
      });
      expect(app.server.requests).toBe(1);
    });

    it('leaves a failing Base44 and its breaker alone', async () => {
      const breaker = { failureThreshold: 2, halfOpenAfterMs: 60_000 };
      await app.boot({ resilience: { retries: 0, breaker } });
      app.server.script.push(respond, status(503));
      app.server.respond = status(503);
      await catchError(app.getToken('slack'));
      await catchError(app.getToken('notion'));
      // A remembered refusal is no success between two failures.
      await catchError(app.getToken('slack'));
      await catchError(app.getToken('notion'));
      await expect(app.getToken('gmail')).rejects.toMatchObject({ isSent: false });
      expect(app.server.requests).toBe(3);
    });
  });

  it.each([REFUSALS[0]!, REFUSALS[2]!])(
    'with %s causes 1 request of 50 calls in a row for a connector of an app user',
    async (_, respond, code) => {
      await app.boot();
      app.server.respond = respond;
      const user = app.connectors.asAppUser('user-1');
      const errors = await callInARow(() => user.getCurrentAppUserConnection('c1'));
      expect(new Set(errors.map((error) => error.code))).toEqual(new Set([code]));
      expect(app.server.requests).toBe(1);
      app.server.respond = token('token-2');
      const other = app.connectors.asAppUser('user-2');
      await expect(other.getCurrentAppUserConnection('c1')).resolves.toBeDefined();
    },
  );

  describe('ends', () => {
    it.each<[string, Respond, number]>([
      ['after Retry-After', rateLimit(60), 60_000],
      ['after negativeTtlMs for a rejected service token', status(401), NEGATIVE_TTL_MS],
      ['after negativeTtlMs for a forbidden service token', status(403), NEGATIVE_TTL_MS],
    ])('%s', async (_, respond, durationMs) => {
      const skip = createTimeMachine();
      await app.boot({ resilience: { retries: 0 } });
      app.server.respond = respond;
      await callInARow((service, index) => service.getConnection(`slack${index}`));
      app.server.respond = token('token-1');
      skip(durationMs - 4_000);
      await catchError(app.getToken('slack3'));
      expect(app.server.requests).toBe(2);
      skip(4_000);
      await expect(app.getToken('slack3')).resolves.toBe('token-1');
      await expect(app.getToken('slack0')).resolves.toBe('token-1');
    });

    it.each([{ cache: false } as const, { cache: { negativeTtlMs: 0 } }])(
      'at once for a rejected service token with %j',
      async (options) => {
        await app.boot(options);
        app.server.respond = status(401);
        await callInARow((service) => service.getConnection('slack'), 3);
        expect(app.server.requests).toBe(3);
        app.server.respond = rateLimit();
        await callInARow((service) => service.getConnection('slack'), 3);
        expect(app.server.requests).toBe(4);
      },
    );
  });

  it('says how long the rest of Retry-After is', async () => {
    const skip = createTimeMachine();
    await app.boot();
    app.server.respond = rateLimit(30);
    await expect(app.getToken()).rejects.toMatchObject({ retryAfterMs: 30_000 });
    skip(20_000);
    const { retryAfterMs, message } = await catchError(app.getToken());
    expect(retryAfterMs).toBeGreaterThan(5_000);
    expect(retryAfterMs).toBeLessThanOrEqual(10_000);
    expect(message).toContain(`in ${retryAfterMs} ms`);
  });

  it('lets a stale connection be served', async () => {
    await app.boot({ cache: { ttlMs: 10_000, staleIfErrorMs: 60_000 } });
    await app.getToken();
    app.server.respond = rateLimit();
    await callInARow((service, index) => service.getConnection(`notion${index}`), 2);
    app.clock.advance(10_000);
    await expect(app.getToken()).resolves.toBe('token-1');
    expect(app.server.requests).toBe(3);
  });

  it('is another error each time: of a session, a connector, a moment', async () => {
    await app.boot({ cache: { negativeTtlMs: 1 } });
    const user = () => app.connectors.asAppUser('user-1').getCurrentAppUserConnection('c1');
    for (const [respond, call] of [
      [status(401), user],
      [status(404), user],
      [status(402), () => app.connectors.callApi('x', { path: '/' })],
      [status(403, { 'X-Base44-Connector-Error': 'other' }), () => app.getToken()],
      [status(422), () => app.getToken()],
    ] as const) {
      app.server.requests = 0;
      app.server.respond = respond;
      await callInARow(call, 3);
      expect(app.server.requests).toBe(3);
    }
  });

  it('of one kind concerns no caller that another kind does not concern', async () => {
    await app.boot();
    app.server.script.push(rateLimit(), status(401));
    await expect(app.getToken('slack')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    await expect(app.getToken('notion')).rejects.toMatchObject({ code: 'SERVICE_ROLE_REJECTED' });
    await expect(app.getToken('gmail')).resolves.toBe('token-1');
  });

  it('outlasts the success of a request that was sent before it', async () => {
    await app.boot();
    const held = app.server.hold();
    const early = app.getToken('slack');
    await waitFor(() => held.length === 1);
    app.server.respond = rateLimit();
    await callInARow((service, index) => service.getConnection(`slack${index}`), 2);
    token('token-1')(held[0]!);
    await early;
    await expect(app.getToken('notion')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(app.server.requests).toBe(3);
  });

  it('is not the 429 of a provider', async () => {
    await app.boot();
    app.server.respond = status(200, {}, { success: false, phase: 'responded', status_code: 429 });
    for (let call = 0; call < 3; call += 1) await app.connectors.callApi('x', { path: '/' });
    expect(app.server.requests).toBe(3);
  });

  it('is remembered for each token that a serviceToken function returns', async () => {
    let calls = 0;
    await app.boot({ serviceToken: () => (calls++ % 2 === 0 ? 'token-a' : 'token-b') });
    app.server.respond = status(401);
    await callInARow((service) => service.getConnection('slack'));
    expect(app.server.requests).toBe(2);
    expect(calls).toBe(CALLS + 1);
  });

  describe('for a short time', () => {
    /** Lets two connectors be refused, and starts calls that wait for the end of the time. */
    async function runHerd(connectors: number, callersOfEach: number): Promise<Set<string>> {
      app.server.script.push(rateLimit(1), rateLimit(1));
      const first = [app.getToken('slack-0'), app.getToken('slack-1')];
      await waitFor(() => app.server.script.length === 0);
      await sleep(50);
      const rest = Array.from({ length: connectors * callersOfEach }, (_, index) =>
        app.getToken(`slack-${index % connectors}`),
      );
      const outcomes = await Promise.allSettled([...first, ...rest]);
      return new Set(outcomes.map(({ status: outcome }) => outcome));
    }

    it('lets every call wait, then sends one request for each connection', async () => {
      await app.boot({ resilience: { retries: 1 } });
      await expect(runHerd(20, 5)).resolves.toEqual(new Set(['fulfilled']));
      expect(app.server.requests).toBe(2 + 20);
    });

    it('lets one request find out that Base44 still refuses, while the others wait', async () => {
      await app.boot();
      app.server.respond = (response) => setTimeout(() => rateLimit()(response), 500);
      await expect(runHerd(50, 1)).resolves.toEqual(new Set(['rejected']));
      const requests = app.server.requests - 2;
      printFigure('50 connections after Retry-After, refused again: requests', requests);
      expect(requests).toBe(1);
    });

    it('lets the next request find out when the first one is aborted', async () => {
      const skip = createTimeMachine();
      await app.boot({ resilience: { retries: 0 } });
      app.server.respond = rateLimit();
      await callInARow((service, index) => service.getConnection(`slack${index}`));
      skip(60_000);
      const held = app.server.hold();
      const controller = new AbortController();
      const aborted = catchError(
        app.connectors.getConnection('slack0', { signal: controller.signal }),
      );
      await waitFor(() => held.length === 1);
      const waiting = Array.from({ length: 10 }, (_, index) =>
        settle(() => app.getToken(`slack${index + 1}`)),
      );
      await sleep(50);
      expect(held).toHaveLength(1);
      controller.abort();
      await aborted;
      await waitFor(() => held.length > 1);
      await sleep(50);
      expect(held).toHaveLength(2);
      app.server.respond = token('token-1');
      token('token-1')(held[1]!);
      await expect(Promise.all(waiting)).resolves.toEqual(Array(10).fill({ value: 'token-1' }));
      expect(app.server.requests).toBe(2 + 1 + 10);
    });

    it('holds up no request later than that', async () => {
      const skip = createTimeMachine();
      await app.boot();
      app.server.respond = rateLimit();
      await callInARow((service, index) => service.getConnection(`slack${index}`));
      skip(70_000);
      const held = app.server.hold();
      const slow = settle(() => app.connectors.callApi('x', { path: '/' }));
      await waitFor(() => held.length === 1);
      app.server.respond = token('token-1');
      await expect(app.getToken()).resolves.toBe('token-1');
      status(200, {}, { success: true, phase: 'responded' })(held[0]!);
      await slow;
    });

    it('ends a wait for the first request as a refusal, which is no failure of Base44', async () => {
      const skip = createTimeMachine();
      const breaker = { failureThreshold: 2, halfOpenAfterMs: 60_000 };
      await app.boot({ resilience: { attemptTimeoutMs: 300, retries: 0, breaker } });
      app.server.respond = rateLimit();
      await callInARow((service, index) => service.getConnection(`slack${index}`));
      skip(60_000);
      const held = app.server.hold();
      const slow = settle(() => app.connectors.callApi('x', { path: '/' }));
      await waitFor(() => held.length === 1);
      const errors = await Promise.all(
        ['a', 'b', 'c'].map((name) => catchError(app.getToken(name))),
      );
      expect(errors.map(({ code }) => code)).toEqual(Array(3).fill('RATE_LIMITED'));
      status(200, {}, { success: true, phase: 'responded' })(held[0]!);
      await slow;
      app.server.respond = token('token-1');
      await expect(app.getToken()).resolves.toBe('token-1');
    });
  });
});
