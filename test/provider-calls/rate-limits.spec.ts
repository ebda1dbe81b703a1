import { Readable } from 'node:stream';
import { firstValueFrom } from 'rxjs';
import { callers, type Call } from './callers.js';
import { catchError, createGate, sleep, waitFor } from '../support/async.js';
import {
  goodToken,
  json,
  type ProviderCalls,
  providerCalls,
  type ProviderCallsOptions,
} from './provider-calls.fixture.js';

const RETRYING = { feature: () => ({ retry: true }) };

/** Responds to some requests with a rate limit. */
function limiting(
  times: number,
  retryAfter: string | undefined,
  status = 429,
): NonNullable<ProviderCallsOptions['respond']> {
  let left = times;
  return ({ method, path, body }, response) => {
    left -= 1;
    if (left < 0) json(response, 200, { method, path, body });
    else json(response, status, {}, retryAfter === undefined ? {} : { 'Retry-After': retryAfter });
  };
}

describe.each(callers)('A call by $name with retry: true', ({ call }) => {
  it('is retried after the Retry-After of a 429 or 503', async () => {
    const waiting = [429, 503].map(async (status) => {
      const calls = await providerCalls({ ...RETRYING, respond: limiting(1, '1', status) });
      const startMs = performance.now();
      await expect(call(calls, '/x')).resolves.toMatchObject({ status: 200 });
      expect(performance.now() - startMs).toBeGreaterThanOrEqual(990);
      expect(calls.provider.requests).toHaveLength(2);
      expect(calls.base44.requests).toHaveLength(1);
    });
    await Promise.all(waiting);
  });

  it('is retried after a Retry-After with a date', async () => {
    const calls = await providerCalls({
      ...RETRYING,
      respond: limiting(1, new Date(Date.now() + 2_000).toUTCString()),
    });
    await expect(call(calls, '/x')).resolves.toMatchObject({ status: 200 });
    expect(calls.provider.requests).toHaveLength(2);
  });

  it.each([
    undefined,
    '',
    '-1',
    '0x1',
    '1.5.5',
    'soon',
    'Fri, 31 Dec 9999 23:59:59 GMT',
    '1e9',
    '999999999',
  ])('returns the response without a retry when Retry-After is %p', async (retryAfter) => {
    const calls = await providerCalls({ ...RETRYING, respond: limiting(1, retryAfter) });

    await expect(call(calls, '/x')).resolves.toEqual({ status: 429, text: '{}' });
    expect(calls.provider.requests).toHaveLength(1);
  });

  it('is retried at most resilience.retries times', async () => {
    const calls = await providerCalls({ ...RETRYING, respond: limiting(Infinity, '0') });
    await expect(call(calls, '/x')).resolves.toMatchObject({ status: 429 });
    expect(calls.provider.requests).toHaveLength(3);
  });

  it('is not retried when Retry-After is later than resilience.deadlineMs', async () => {
    const calls = await providerCalls({
      ...RETRYING,
      options: { resilience: { deadlineMs: 1_900, retries: 10 } },
      respond: limiting(Infinity, '1'),
    });

    await expect(call(calls, '/x')).resolves.toMatchObject({ status: 429 });
    expect(calls.provider.requests).toHaveLength(2);
  });

  it('counts its backoff towards resilience.deadlineMs', async () => {
    const calls = await providerCalls({
      ...RETRYING,
      options: { resilience: { deadlineMs: 600, retries: 10 } },
      respond: limiting(Infinity, '0'),
    });
    await expect(call(calls, '/x')).resolves.toMatchObject({ status: 429 });
    // Ten retries take several seconds.
    expect(calls.provider.requests.length).toBeLessThan(11);
  });

  it('has no further retries after a renewal', async () => {
    const calls: ProviderCalls = await providerCalls({
      ...RETRYING,
      respond: (_, response) => {
        if (calls.provider.requests.length === 3) {
          calls.provider.good.clear();
          calls.base44.connect('crm', { accessToken: goodToken(calls.provider) });
        }
        json(
          response,
          calls.provider.requests.length === 3 ? 401 : 429,
          {},
          { 'Retry-After': '0' },
        );
      },
    });
    await expect(call(calls, '/x')).resolves.toMatchObject({ status: 429 });
    expect(calls.provider.requests).toHaveLength(4);
  });

  it('stops waiting when the application closes', async () => {
    const calls = await providerCalls({ ...RETRYING, respond: limiting(Infinity, '10') });
    const called = call(calls, '/x');
    called.catch(() => undefined);
    await waitFor(() => calls.provider.requests.length === 1);
    await sleep(100);
    await calls.module.close();
    await expect(called).rejects.toMatchObject({ code: 'BASE44_UNAVAILABLE' });
    expect(calls.provider.requests).toHaveLength(1);
  });

  it('stops waiting when the signal of the caller aborts', async () => {
    const calls = await providerCalls({ ...RETRYING, respond: limiting(Infinity, '10') });
    const controller = new AbortController();
    const called = call(calls, '/x', { signal: controller.signal }).catch(String);
    await sleep(200);
    controller.abort(new Error('enough'));

    await expect(called).resolves.toMatch(/enough|cancell?ed/i);
    await sleep(100);
    expect(calls.provider.requests).toHaveLength(1);
  });

  it.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'put'])(
    'retries %s after a 503, because it is idempotent',
    async (method) => {
      const calls = await providerCalls({ ...RETRYING, respond: limiting(1, '0', 503) });
      await expect(call(calls, '/x', { method })).resolves.toMatchObject({ status: 200 });
    },
  );

  it.each([
    ['POST', 429],
    ['PATCH', 429],
    ['POST', 403],
  ])('retries %s after a %d, because it was not executed', async (method, status) => {
    const calls = await providerCalls({ ...RETRYING, respond: limiting(1, '0', status) });
    const request = { method, body: 'x' };
    await expect(call(calls, '/x', request)).resolves.toMatchObject({ status: 200 });
    expect(calls.provider.requests.map(({ body }) => body)).toEqual(['x', 'x']);
  });

  it('is retried after the reset of the quota', async () => {
    const startMs = Date.now();
    const reset = String((startMs + 300) / 1000);
    const calls: ProviderCalls = await providerCalls({
      ...RETRYING,
      respond: (_, response) => {
        const isLimited = calls.provider.requests.length === 1;
        const headers = { 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': reset };
        json(response, isLimited ? 429 : 200, {}, isLimited ? headers : {});
      },
    });
    await expect(call(calls, '/x')).resolves.toMatchObject({ status: 200 });
    expect(Date.now() - startMs).toBeGreaterThanOrEqual(299);
  });

  it.each([
    ['POST after a 503', 503, { method: 'POST', body: 'x' }],
    ['PATCH after a 503', 503, { method: 'PATCH', body: 'x' }],
    ['a stream', 429, { method: 'PUT', body: Readable.from([Buffer.from('x')]) }],
  ] satisfies [string, number, Call][])('does not repeat %s', async (_, status, request) => {
    const calls = await providerCalls({ ...RETRYING, respond: limiting(1, '0', status) });
    await expect(call(calls, '/x', request)).resolves.toMatchObject({ status });
    expect(calls.provider.requests).toHaveLength(1);
  });

  it('does not repeat a POST that was redirected, because it may have been executed', async () => {
    const calls = await providerCalls({
      ...RETRYING,
      respond: ({ path }, response) => {
        if (path === '/v1/pay') json(response, 303, {}, { Location: '/v1/receipt' });
        else json(response, 429, {}, { 'Retry-After': '0' });
      },
    });
    const request = { method: 'POST', body: 'x' };
    await expect(call(calls, '/pay', request)).resolves.toMatchObject({ status: 429 });
    expect(calls.provider.requests).toHaveLength(2);
  });

  it.each([
    [403, { 'Retry-After': '0' }],
    [429, { 'Retry-After': '0.1' }],
    [429, { 'Retry-After': ['0', '0'] }],
    [429, { 'Retry-After': 'Sunday, 06-Nov-94 08:49:37 GMT' }],
    [429, { 'Retry-After': 'Sun Nov  6 08:49:37 1994' }],
    [403, { 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': '1000000000' }],
    [429, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1000000000000' }],
    [429, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '0.1' }],
    [429, { 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': '1000000000' }],
    [429, { 'RateLimit-Remaining': '0', 'RateLimit-Reset': '0' }],
    [429, { 'RateLimit-Remaining': ['0', '0'], 'RateLimit-Reset': '0' }],
    [429, { 'RateLimit-Remaining': '0,0', 'RateLimit-Reset': '0' }],
  ])('is retried after a %d with %j', async (status, headers) => {
    const calls: ProviderCalls = await providerCalls({
      ...RETRYING,
      respond: (_, response) => {
        const isFirst = calls.provider.requests.length === 1;
        response.writeHead(isFirst ? status : 200, isFirst ? headers : {}).end('{}');
      },
    });
    await expect(call(calls, '/x')).resolves.toMatchObject({ status: 200 });
    expect(calls.provider.requests).toHaveLength(2);
  });

  it.each([
    [403, {}],
    [403, { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '0' }],
    [403, { 'x-ratelimit-remaining': '0' }],
    [429, { 'x-ratelimit-remaining': '10', 'x-ratelimit-reset': '0' }],
    [429, { 'x-ratelimit-remaining': '0, 5', 'x-ratelimit-reset': '0' }],
    [429, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': 'soon' }],
    [429, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '9999999999' }],
    [401, { 'Retry-After': 'soon' }],
    [503, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '0' }],
  ])('is not retried after a %d with %j', async (status, headers) => {
    const calls = await providerCalls({
      ...RETRYING,
      respond: (_, response) => void response.writeHead(status, headers).end('{}'),
    });
    await call(calls, '/x').catch(() => undefined);
    expect(calls.provider.requests).toHaveLength(1);
  });

  it('renews a token that the provider rejects after the wait', async () => {
    const calls: ProviderCalls = await providerCalls({
      ...RETRYING,
      respond: (_, response) => {
        calls.provider.good.clear();
        calls.base44.connect('crm', { accessToken: 'the-next-token-of-a-test' });
        calls.provider.good.add('the-next-token-of-a-test');
        json(
          response,
          calls.provider.requests.length === 1 ? 429 : 200,
          {},
          { 'Retry-After': '0' },
        );
      },
    });
    await expect(call(calls, '/x')).resolves.toMatchObject({ status: 200 });
    expect(calls.provider.requests).toHaveLength(3);
  });

  it('does not wait without retry: true', async () => {
    const calls = await providerCalls({ respond: limiting(1, '0') });
    await expect(call(calls, '/x')).resolves.toMatchObject({ status: 429 });
    expect(calls.provider.requests).toHaveLength(1);
  });

  it('does not retry other failures', async () => {
    for (const status of [408, 425, 500, 502, 504]) {
      const calls = await providerCalls({ ...RETRYING, respond: limiting(1, '0', status) });
      await expect(call(calls, '/x')).resolves.toMatchObject({ status });
    }
  });

  it('releases the connections of discarded responses', async () => {
    const calls: ProviderCalls = await providerCalls({
      ...RETRYING,
      respond: (_, response) => {
        const isLimited = calls.provider.requests.length % 2 === 1;
        json(response, isLimited ? 429 : 200, 'x'.repeat(1_000_000), { 'Retry-After': '0' });
      },
    });
    for (let round = 0; round < 10; round += 1) await call(calls, '/x');
    expect(calls.provider.requests).toHaveLength(20);
    expect(calls.provider.server.sockets.size).toBeLessThan(5);
  });
});

describe('A call by connectors.fetch', () => {
  it('does not wait for a rate limit that arrives while the application closes', async () => {
    const closed = createGate();
    const calls = await providerCalls({
      ...RETRYING,
      // A call that waited would hang.
      options: { resilience: { deadlineMs: 600_000 } },
      respond: (_, response) => {
        void closed.opened.then(() => {
          json(response, 429, {}, { 'Retry-After': '500' });
        });
      },
    });
    const called = catchError(calls.connectors.fetch('crm', '/x'));
    await waitFor(() => calls.provider.requests.length === 1);
    const closing = calls.module.close();
    // Its hooks have run by now.
    await sleep(50);
    closed.open();
    expect(await called).toMatchObject({
      code: 'BASE44_UNAVAILABLE',
      message: expect.stringContaining('this application is closing') as string,
    });
    await closing;
    expect(calls.provider.requests).toHaveLength(1);
  });
});

describe('A call that sets retry', () => {
  it('waits with retry: true, for every setting of forFeature', async () => {
    const { connectors, provider } = await providerCalls({ respond: limiting(1, '0') });
    const response = await connectors.fetch('crm', '/x', { retry: true });
    expect(response.status).toBe(200);
    expect(provider.requests).toHaveLength(2);
  });

  it('does not wait with retry: false', async () => {
    const { connectors } = await providerCalls({ ...RETRYING, respond: limiting(1, '0') });
    const response = await connectors.fetch('crm', '/x', { retry: false });
    expect(response.status).toBe(429);
  });
});

describe("A call by HttpService with axios's timeout", () => {
  it('is not retried when Retry-After is later than the timeout', async () => {
    const { http, provider } = await providerCalls({
      ...RETRYING,
      respond: limiting(Infinity, '2'),
    });
    const config = { timeout: 1_000, validateStatus: () => true };
    await expect(firstValueFrom(http.get('/x', config))).resolves.toMatchObject({ status: 429 });
    expect(provider.requests).toHaveLength(1);
  });
});
