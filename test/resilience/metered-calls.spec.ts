import { catchError, sleep, waitFor } from '../support/async.js';
import { ConnectorsFixture } from '../support/connectors-fixture.js';
import { findFreePort } from '../support/free-port.js';
import { hang, reset, type Respond, status } from '../support/token-server.js';

const BODY = {
  success: true,
  phase: 'responded',
  status: 200,
  data: null,
  content_type: 'application/json',
  headers: {},
  credits_charged: 1,
};

describe('A metered call', () => {
  const app = ConnectorsFixture.forEachTest();
  const call = () => app.connectors.callApi('x', { method: 'POST', path: '/2/tweets', body: {} });

  beforeEach(async () => {
    await app.boot({ resilience: { deadlineMs: 2_000, breaker: false } });
    app.server.respond = status(200, {}, BODY);
  });

  const maybeExecuted: [string, Respond][] = [
    ['a reset after the request was received', reset()],
    ['408', status(408)],
    ['500', status(500)],
    ['502', status(502)],
    ['503 with Retry-After', status(503, { 'Retry-After': '0' })],
    ['504', status(504)],
    ['HTML at 200', status(200, {}, '<html>')],
  ];

  it.each(maybeExecuted)(
    'is not retried when it may have been executed: %s',
    async (_, failure) => {
      app.server.script.push(failure);
      await expect(call()).rejects.toThrow();
      await sleep(20);
      expect(app.server.requests).toBe(1);
    },
  );

  it('gets the whole deadline for one attempt, because it cannot be retried', async () => {
    const resilience = { attemptTimeoutMs: 50, deadlineMs: 300, breaker: false } as const;
    await app.boot({ resilience });
    app.server.respond = hang;
    await expect(call()).rejects.toThrow('within 300 ms');
    expect(app.server.requests).toBe(1);
  });

  it('is retried when Base44 limits the rate', async () => {
    app.server.script.push(status(429, { 'Retry-After': '0' }), status(429));
    await app.boot({ resilience: { breaker: false } });
    await expect(call()).resolves.toMatchObject({ success: true });
    expect(app.server.requests).toBe(3);
  });

  it('is retried when nothing was sent', async () => {
    let attempts = 0;
    const serverUrl = `http://127.0.0.1:${await findFreePort()}`;
    // Every attempt asks for the token, so this counts attempts.
    const serviceToken = () => `service-token-${++attempts}`;
    await app.boot({ serverUrl, serviceToken, resilience: { breaker: false } });
    await expect(call()).rejects.toMatchObject({ code: 'BASE44_UNAVAILABLE', isSent: false });
    expect(attempts).toBe(3);
  });

  it('is sent for each caller, and its response is not cached', async () => {
    await Promise.all([call(), call(), call()]);
    await call();
    expect(app.server.requests).toBe(4);
  });

  it("ends with its caller's abort", async () => {
    app.server.respond = hang;
    const controller = new AbortController();
    const { signal } = controller;
    const rejection = catchError(app.connectors.callApi('x', { path: '/' }, { signal }));
    await waitFor(() => app.server.requests === 1);
    controller.abort(new Error('left'));
    expect(await rejection).toMatchObject({ message: 'left' });
    await waitFor(() => app.server.abandoned === 1);
  });
});

describe('A serviceToken function', () => {
  const app = ConnectorsFixture.forEachTest();

  /** Boots with a function that returns these tokens in turn. Base44 accepts the last one, unless it is 'bad'. */
  const boot = async (tokens: string[]) => {
    let calls = 0;
    const serviceToken = () => tokens[Math.min(calls++, tokens.length - 1)]!;
    const accepted = tokens.at(-1)!;
    app.server.respond = (response) => {
      const isAccepted = response.req.headers.authorization === `Bearer ${accepted}`;
      const body = { access_token: 'token-1', ...BODY };
      (isAccepted && accepted !== 'bad' ? status(200, {}, body) : status(401))(response);
    };
    await app.boot({ serviceToken, cache: false });
    return () => calls;
  };

  it('is called again after a 401, and the request is sent again with the new token', async () => {
    const countCalls = await boot(['old', 'new']);
    await expect(app.getToken()).resolves.toBe('token-1');
    expect([countCalls(), app.server.requests]).toEqual([2, 2]);
  });

  it('is called again for a metered call, because a 401 executed nothing', async () => {
    await boot(['old', 'new']);
    await expect(app.connectors.callApi('x', { path: '/' })).resolves.toMatchObject({
      success: true,
    });
    expect(app.server.requests).toBe(2);
  });

  it.each([
    ['the same token', ['bad'], 2, 1],
    ['another bad token', ['old', 'older', 'bad'], 2, 2],
  ])('is called again only once when it returns %s', async (_, tokens, calls, requests) => {
    const countCalls = await boot(tokens);
    await expect(app.getToken()).rejects.toMatchObject({ code: 'SERVICE_ROLE_REJECTED' });
    expect([countCalls(), app.server.requests]).toEqual([calls, requests]);
  });

  it('is not called again after any other status', async () => {
    const countCalls = await boot(['old', 'new']);
    for (const code of [403, 404, 402]) {
      app.server.respond = status(code);
      await catchError(app.getToken());
    }
    expect(countCalls()).toBe(3);
  });

  it('that never settles ends with the timeout of the attempt', async () => {
    const resilience = { attemptTimeoutMs: 50, retries: 1, breaker: false } as const;
    await app.boot({ serviceToken: () => new Promise<string>(() => undefined), resilience });
    await expect(app.getToken()).rejects.toThrow(
      'The serviceToken function did not resolve within 50 ms',
    );
    expect(app.server.requests).toBe(0);
  });

  it('that never settles after a 401 ends with the timeout of the attempt', async () => {
    let calls = 0;
    const serviceToken = () => (calls++ === 0 ? 'old' : new Promise<string>(() => undefined));
    app.server.respond = status(401);
    const resilience = { attemptTimeoutMs: 300, retries: 0, breaker: false } as const;
    await app.boot({ serviceToken, resilience });
    await expect(app.getToken()).rejects.toThrow(
      'The serviceToken function did not resolve within 300 ms',
    );
    expect(app.server.requests).toBe(1);
  });
});
