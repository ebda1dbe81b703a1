import { waitFor, sleep, catchError } from '../support/async.js';
import { freePort } from '../support/free-port.js';
import { Resolving } from '../support/resolving.js';
import { type Answer, hang, reset, status } from '../support/token-server.js';

const ANSWER = {
  success: true,
  phase: 'responded',
  status: 200,
  data: null,
  content_type: 'application/json',
  headers: {},
  credits_charged: 1,
};

describe('A metered call', () => {
  const app = Resolving.forEachTest();
  const call = () => app.connectors.callApi('x', { method: 'POST', path: '/2/tweets', body: {} });

  beforeEach(async () => {
    await app.boot({ resilience: { attemptTimeoutMs: 200, breaker: false } });
    app.server.respond = status(200, {}, ANSWER);
  });

  const maybeExecuted: [string, Answer][] = [
    ['a reset after it was received', reset()],
    ['408', status(408)],
    ['500', status(500)],
    ['502', status(502)],
    ['503, even with Retry-After', status(503, { 'Retry-After': '0' })],
    ['504', status(504)],
    ['no answer in time', hang],
    ['HTML at 200', status(200, {}, '<html>')],
  ];

  it.each(maybeExecuted)(
    'is not repeated when it may have been executed: %s',
    async (_, failure) => {
      app.server.script.push(failure);
      await expect(call()).rejects.toThrow();
      await sleep(20);
      expect(app.server.requests).toBe(1);
    },
  );

  it('is repeated when it was refused for the rate of requests', async () => {
    app.server.script.push(status(429, { 'Retry-After': '0' }), status(429));
    await expect(call()).resolves.toMatchObject({ success: true });
    expect(app.server.requests).toBe(3);
  });

  it('is repeated when nothing was sent', async () => {
    let attempts = 0;
    const serverUrl = `http://127.0.0.1:${await freePort()}`;
    // The token is asked for at every attempt, so that counts them.
    const serviceToken = () => `service-token-${++attempts}`;
    await app.boot({ serverUrl, serviceToken, resilience: { breaker: false } });
    await expect(call()).rejects.toMatchObject({ code: 'BASE44_UNAVAILABLE', isSent: false });
    expect(attempts).toBe(3);
  });

  it('is sent for each caller: nothing is shared, nothing is kept', async () => {
    await Promise.all([call(), call(), call()]);
    await call();
    expect(app.server.requests).toBe(4);
  });

  it("ends with its caller's abort", async () => {
    app.server.respond = hang;
    const abort = new AbortController();
    const { signal } = abort;
    const failure = catchError(app.connectors.callApi('x', { path: '/' }, { signal }));
    await waitFor(() => app.server.requests === 1);
    abort.abort(new Error('left'));
    expect(await failure).toMatchObject({ message: 'left' });
    await waitFor(() => app.server.abandoned === 1);
  });
});

describe('A serviceToken function', () => {
  const app = Resolving.forEachTest();

  const boot = (tokens: string[]) => {
    let asked = 0;
    const serviceToken = () => tokens[Math.min(asked++, tokens.length - 1)]!;
    const good = tokens.at(-1)!;
    app.server.respond = (response) => {
      const isGood = response.req.headers.authorization === `Bearer ${good}`;
      const body = { access_token: 'token-1', ...ANSWER };
      (isGood && good !== 'bad' ? status(200, {}, body) : status(401))(response);
    };
    return app.boot({ serviceToken, cache: false }).then(() => () => asked);
  };

  it('is asked again after a 401, and the call repeated with another token', async () => {
    const asked = await boot(['old', 'new']);
    await expect(app.token()).resolves.toBe('token-1');
    expect([asked(), app.server.requests]).toEqual([2, 2]);
  });

  it('is asked again for a metered call, too, which was not executed', async () => {
    await boot(['old', 'new']);
    await expect(app.connectors.callApi('x', { path: '/' })).resolves.toMatchObject({
      success: true,
    });
    expect(app.server.requests).toBe(2);
  });

  it.each([
    ['the same token', ['bad'], 2, 1],
    ['another bad one', ['old', 'older', 'bad'], 2, 2],
  ])('is asked again once: with %s, that is that', async (_, tokens, asks, requests) => {
    const asked = await boot(tokens);
    await expect(app.token()).rejects.toMatchObject({ code: 'SERVICE_ROLE_REJECTED' });
    expect([asked(), app.server.requests]).toEqual([asks, requests]);
  });

  it('is not asked again after any other answer', async () => {
    const asked = await boot(['old', 'new']);
    for (const code of [403, 404, 402]) {
      app.server.respond = status(code);
      await catchError(app.token());
    }
    expect(asked()).toBe(3);
  });

  it('that hangs is waited for no longer than an attempt', async () => {
    const resilience = { attemptTimeoutMs: 50, retries: 1, breaker: false } as const;
    await app.boot({ serviceToken: () => new Promise<string>(() => undefined), resilience });
    await expect(app.token()).rejects.toMatchObject({ code: 'BASE44_UNAVAILABLE' });
    expect(app.server.requests).toBe(0);
  });
});
