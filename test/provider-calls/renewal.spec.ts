import { Readable } from 'node:stream';
import { faults } from 'nestjs-base44-connectors/testing';
import { sleep } from '../support/async.js';
import { printFigure } from '../support/print-figure.js';
import type { RecordedRequest } from '../support/recording-server.js';
import { callers } from './callers.js';
import { goodToken, json, type ProviderCalls, providerCalls } from './provider-calls.fixture.js';

const BOUNDARY = /boundary=(\S+)/;

/** The provider rejects the token from now on. Base44 has another one. */
function revoke({ base44, provider }: ProviderCalls): string {
  provider.good.clear();
  const accessToken = goodToken(provider);
  base44.connect('crm', { accessToken });
  return accessToken;
}

/** The provider rejects every token from now on, and Base44 does not know. */
function revokeForGood({ provider }: ProviderCalls): void {
  provider.good.clear();
}

describe.each(callers)('A call by $name', ({ call }) => {
  it('is sent once more with another token when the provider rejects the cached one', async () => {
    const calls = await providerCalls();
    await call(calls, '/first');
    const renewed = revoke(calls);

    const { status } = await call(calls, '/second', { method: 'POST', body: 'hello' });

    expect(status).toBe(200);
    expect(calls.provider.requests.map(({ path, body }) => [path, body])).toEqual([
      ['/v1/first', ''],
      ['/v1/second', 'hello'],
      ['/v1/second', 'hello'],
    ]);
    expect(calls.provider.tokens[2]).toBe(renewed);
    expect(calls.base44.requests).toHaveLength(2);
  });

  it('caches the new token for later calls', async () => {
    const calls = await providerCalls();
    await call(calls, '/first');
    const renewed = revoke(calls);
    await call(calls, '/second');

    await call(calls, '/third');

    expect(calls.provider.tokens.at(-1)).toBe(renewed);
    await expect(calls.connectors.getConnection('crm')).resolves.toMatchObject({
      accessToken: renewed,
    });
    expect(calls.base44.requests).toHaveLength(2);
  });

  it('uses a token that was cached meanwhile, without a request to Base44', async () => {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const calls = await providerCalls();
    await call(calls, '/first');
    const { good } = calls.provider;
    const renewed = revoke(calls);
    // The provider delays the 401 of the slow call. The quick call renews the token.
    calls.provider.beforeUnauthorized = ({ path }) =>
      path.endsWith('/slow') ? released : undefined;
    const slow = call(calls, '/slow');
    await call(calls, '/quick');
    expect(calls.base44.requests).toHaveLength(2);

    release();

    await expect(slow).resolves.toMatchObject({ status: 200 });
    expect(good).toContain(renewed);
    expect(calls.base44.requests).toHaveLength(2);
  });

  it('fails with the remedy when Base44 has no other token', async () => {
    const calls = await providerCalls();
    revokeForGood(calls);

    const failed = call(calls, '/x');

    await expect(failed).rejects.toMatchObject({
      code: 'CONNECTOR_REAUTHORIZATION_REQUIRED',
      connector: 'crm',
      retryable: false,
      message:
        `The provider of connector 'crm' rejects the access token of app ${calls.base44.appId}. ` +
        'Disconnect the connector and connect it again under Integrations in the Base44 editor.',
    });
    // The provider would reject the same token again.
    expect(calls.provider.requests).toHaveLength(1);
    expect(calls.base44.requests).toHaveLength(2);
  });

  it('fails with the remedy when the provider rejects the other token too', async () => {
    const calls = await providerCalls();
    await call(calls, '/x');
    revokeForGood(calls);
    calls.base44.connect('crm', { accessToken: 'another-token-that-is-no-good' });

    await expect(call(calls, '/x')).rejects.toMatchObject({
      code: 'CONNECTOR_REAUTHORIZATION_REQUIRED',
    });
    expect(calls.provider.requests).toHaveLength(3);
  });

  it('requests a new token only once in negativeTtlMs when Base44 has no other', async () => {
    const calls = await providerCalls({ options: { cache: { negativeTtlMs: 60_000 } } });
    revokeForGood(calls);
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await expect(call(calls, '/x')).rejects.toMatchObject({
        code: 'CONNECTOR_REAUTHORIZATION_REQUIRED',
      });
    }
    // Each call reaches the provider, because only the provider decides on a token.
    expect(calls.provider.requests).toHaveLength(5);
    expect(calls.base44.requests).toHaveLength(2);

    calls.base44.connect('crm', { accessToken: goodToken(calls.provider) });
    calls.clock.skip(60_000);
    await expect(call(calls, '/x')).resolves.toMatchObject({ status: 200 });
  });

  it('requests a new token after negativeTtlMs, although the provider rejects the old one meanwhile', async () => {
    const calls = await providerCalls({
      options: { cache: { ttlMs: 600_000, negativeTtlMs: 60_000 } },
    });
    revokeForGood(calls);
    await expect(call(calls, '/x')).rejects.toThrow();
    calls.base44.connect('crm', { accessToken: goodToken(calls.provider) });
    for (let attempt = 0; attempt < 5; attempt += 1) {
      calls.clock.skip(10_000);
      await expect(call(calls, '/x')).rejects.toThrow();
    }
    calls.clock.skip(10_000);
    await expect(call(calls, '/x')).resolves.toMatchObject({ status: 200 });
  });

  it.each([
    [59_999, 2],
    [60_000, 3],
  ])('%d ms after Base44 had no other token, has sent %d requests to it', async (ms, requests) => {
    const calls = await providerCalls({
      options: { cache: { ttlMs: 600_000, negativeTtlMs: 60_000 } },
    });
    revokeForGood(calls);
    calls.clock.stop();
    await expect(call(calls, '/x')).rejects.toThrow();
    calls.clock.skip(ms);
    await expect(call(calls, '/x')).rejects.toThrow();
    expect(calls.base44.requests).toHaveLength(requests);
  });

  it('renews another token at once, although Base44 had no other one before', async () => {
    const calls = await providerCalls();
    revokeForGood(calls);
    await expect(call(calls, '/x')).rejects.toThrow();
    calls.base44.connect('crm', { accessToken: 'another-token-that-is-no-good' });
    await calls.connectors.getConnection('crm', { fresh: true });
    calls.base44.connect('crm', { accessToken: goodToken(calls.provider) });
    await expect(call(calls, '/x')).resolves.toMatchObject({ status: 200 });
  });

  it('keeps a token that cannot be renewed now, also after a call that cannot be sent again', async () => {
    const calls = await providerCalls();
    revokeForGood(calls);
    await expect(call(calls, '/x')).rejects.toThrow();
    const body = Readable.from([Buffer.from('a stream')]);
    await expect(call(calls, '/x', { method: 'POST', body })).resolves.toMatchObject({
      status: 401,
    });
    await calls.connectors.getConnection('crm');
    expect(calls.base44.requests).toHaveLength(2);
  });

  it('does not renew a token that cannot be renewed now, although it was evicted meanwhile', async () => {
    // The cache has room for one connection, so the other one evicts it.
    const calls = await providerCalls({ options: { cache: { maxEntries: 1 } } });
    calls.base44.connect('other', {});
    revokeForGood(calls);
    await expect(call(calls, '/x')).rejects.toThrow();
    calls.provider.beforeUnauthorized = () => calls.connectors.getConnection('other');
    await expect(call(calls, '/x')).rejects.toThrow();
    expect(calls.base44.requests).toHaveLength(3);
  });

  it('is not sent again after a redirect, because it may have been executed', async () => {
    const calls: ProviderCalls = await providerCalls({
      respond: ({ method, path }, response) => {
        if (path === '/v1/pay') json(response, 303, {}, { Location: '/v1/receipt' });
        else json(response, 401, { for: method });
      },
    });
    await calls.connectors.getConnection('crm');
    calls.base44.connect('crm', { accessToken: goodToken(calls.provider) });

    const answer = await call(calls, '/pay', { method: 'POST', body: '{}' });

    expect(answer).toEqual({ status: 401, text: '{"for":"GET"}' });
    expect(calls.provider.requests.map(({ method }) => method)).toEqual(['POST', 'GET']);
  });

  it('is sent again after a redirect when its method is safe', async () => {
    const calls: ProviderCalls = await providerCalls({
      respond: ({ path }, response) => {
        if (path === '/v1/old') json(response, 301, {}, { Location: '/v1/new' });
        else json(response, calls.provider.requests.length < 3 ? 401 : 200, {});
      },
    });
    await calls.connectors.getConnection('crm');
    calls.base44.connect('crm', { accessToken: goodToken(calls.provider) });
    await expect(call(calls, '/old')).resolves.toMatchObject({ status: 200 });
  });

  it('requests a new token at once after an invalidation', async () => {
    const calls = await providerCalls();
    revokeForGood(calls);
    await expect(call(calls, '/x')).rejects.toThrow();
    calls.base44.connect('crm', { accessToken: goodToken(calls.provider) });
    await calls.connectors.invalidate('crm');

    await expect(call(calls, '/x')).resolves.toMatchObject({ status: 200 });
  });

  it.each(['crm', undefined])(
    'renews the same token again after invalidate(%p)',
    async (connector) => {
      // The cache has room for one connection, so the other one evicts it.
      const calls = await providerCalls({ options: { cache: { maxEntries: 1 } } });
      calls.base44.connect('other', {});
      revokeForGood(calls);
      await expect(call(calls, '/x')).rejects.toThrow();
      await calls.connectors.getConnection('other');
      await calls.connectors.invalidate(connector);
      calls.base44.clear();
      await expect(call(calls, '/x')).rejects.toThrow();
      expect(calls.base44.requests).toHaveLength(2);
    },
  );

  it('fails with the unavailability of Base44 when the renewal fails', async () => {
    const calls = await providerCalls({ options: { resilience: { retries: 0 } } });
    await call(calls, '/x');
    revoke(calls);
    calls.base44.fault({ respond: faults.status(503) });

    await expect(call(calls, '/x')).rejects.toMatchObject({ code: 'BASE44_UNAVAILABLE' });
    // The rejected token is evicted nevertheless.
    await expect(call(calls, '/x')).resolves.toMatchObject({ status: 200 });
    expect(calls.provider.requests).toHaveLength(3);
  });

  it('fails with the missing connection when the connection was removed meanwhile', async () => {
    const calls = await providerCalls();
    await call(calls, '/x');
    revokeForGood(calls);
    calls.base44.disconnect('crm');

    await expect(call(calls, '/x')).rejects.toMatchObject({ code: 'CONNECTOR_NOT_CONNECTED' });
  });

  it('returns a 403 to the caller', async () => {
    const calls = await providerCalls({
      respond: (_, response) => {
        json(response, 403, { error: 'insufficient_scope' });
      },
    });

    await expect(call(calls, '/x')).resolves.toEqual({
      status: 403,
      text: '{"error":"insufficient_scope"}',
    });
    expect(calls.provider.requests).toHaveLength(1);
    expect(calls.base44.requests).toHaveLength(1);
  });

  it.each([
    ['text', () => 'some text', 'some text'],
    ['null', () => null, ''],
    ['bytes', () => Buffer.from('some bytes'), 'some bytes'],
    ['an array buffer', () => new TextEncoder().encode('a buffer').buffer, 'a buffer'],
    ['parameters', () => new URLSearchParams({ a: '1 2' }), 'a=1+2'],
  ])('sends %s again', async (_, bodyOf, sent) => {
    const calls = await providerCalls();
    await call(calls, '/x');
    revoke(calls);

    await expect(call(calls, '/x', { method: 'PUT', body: bodyOf() })).resolves.toMatchObject({
      status: 200,
    });
    expect(calls.provider.requests.slice(1).map(({ body }) => body)).toEqual([sent, sent]);
  });

  it('sends a form with a file again', async () => {
    const calls = await providerCalls();
    await call(calls, '/x');
    revoke(calls);
    const form = new FormData();
    form.set('name', 'Ada');
    form.set('file', new Blob(['content of the file']), 'file.txt');

    await expect(call(calls, '/x', { method: 'POST', body: form })).resolves.toMatchObject({
      status: 200,
    });
    const [first, second] = calls.provider.requests.slice(1).map(getParts);
    expect(first).toContain('content of the file');
    expect(second).toBe(first);
  });

  it('does not send a stream again, but returns the 401 and evicts the token', async () => {
    const calls = await providerCalls();
    await call(calls, '/x');
    const renewed = revoke(calls);

    const answer = await call(calls, '/x', {
      method: 'POST',
      body: Readable.from([Buffer.from('from a stream')]),
    });

    expect(answer).toEqual({ status: 401, text: '{"error":"invalid_token"}' });
    expect(calls.provider.requests.map(({ body }) => body)).toEqual(['', 'from a stream']);
    expect(calls.base44.requests).toHaveLength(1);
    await expect(calls.connectors.getConnection('crm')).resolves.toMatchObject({
      accessToken: renewed,
    });
  });

  it('renews once for 100 concurrent calls with a revoked token, in any order of their responses', async () => {
    for (const spreadMs of [0, 200]) {
      const calls = await providerCalls();
      await call(calls, '/x');
      revoke(calls);
      calls.provider.beforeUnauthorized = () => sleep(Math.random() * spreadMs);

      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, index) => call(calls, `/${index}`)),
      );

      expect(answers.every(({ status }) => status === 200)).toBe(true);
      expect(calls.provider.requests).toHaveLength(1 + 200);
      expect(calls.base44.requests).toHaveLength(2);
      const renewals = calls.base44.requests.length - 1;
      printFigure(`renewals for 100 concurrent calls, rejections within ${spreadMs} ms`, renewals);
    }
  });

  it('sends one request for 100 concurrent calls when Base44 has no other token', async () => {
    for (const spreadMs of [0, 200]) {
      const calls = await providerCalls();
      await call(calls, '/x');
      revokeForGood(calls);
      calls.provider.beforeUnauthorized = () => sleep(Math.random() * spreadMs);

      const outcomes = await Promise.allSettled(
        Array.from({ length: 100 }, (_, index) => call(calls, `/${index}`)),
      );

      expect(
        outcomes.map((one) =>
          one.status === 'rejected' ? (one.reason as { code: string }).code : '',
        ),
      ).toEqual(Array(100).fill('CONNECTOR_REAUTHORIZATION_REQUIRED'));
      expect(calls.base44.requests).toHaveLength(2);
    }
  });

  it('does not use the response of a request to Base44 that started before the rejection', async () => {
    const calls = await providerCalls();
    await call(calls, '/x');
    // A call for a fresh connection is in flight. It returns the token that is revoked meanwhile.
    const [{ accessToken: old }] = [await calls.connectors.getConnection('crm')];
    calls.base44.fault({ respond: slowly(old, 300) });
    const early = calls.connectors.getConnection('crm', { fresh: true });
    await sleep(50);
    const renewed = revoke(calls);

    await expect(call(calls, '/x')).resolves.toMatchObject({ status: 200 });

    expect(calls.provider.tokens.at(-1)).toBe(renewed);
    await early;
    await call(calls, '/x');
    expect(calls.provider.tokens.at(-1)).toBe(renewed);
  });

  it('releases the connections of discarded responses', async () => {
    const calls = await providerCalls();
    calls.provider.unauthorizedBody = { error: 'invalid_token', because: 'x'.repeat(1_000_000) };
    for (let round = 0; round < 20; round += 1) {
      revoke(calls);
      await call(calls, '/x');
    }
    expect(calls.provider.server.sockets.size).toBeLessThan(5);
  });
});

function getParts({ body, headers }: RecordedRequest): string {
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  return body.replaceAll(BOUNDARY.exec(type)?.[1] ?? '', '');
}

function slowly(accessToken: string, ms: number): ReturnType<typeof faults.status> {
  return (_request, response) => {
    setTimeout(() => {
      json(response, 200, {
        access_token: accessToken,
        integration_type: 'crm',
        connection_config: null,
      });
    }, ms);
  };
}
