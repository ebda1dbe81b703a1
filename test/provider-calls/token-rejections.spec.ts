import { firstValueFrom } from 'rxjs';
import { callers } from './callers.js';
import { getSentToken, goodToken, json, providerCalls } from './provider-calls.fixture.js';
import type { ProviderCalls } from './provider-calls.fixture.js';

const WAYS = [
  {
    name: 'connectors.fetch',
    call: async ({ connectors }: ProviderCalls, connector: string): Promise<unknown> => {
      const response = await connectors.fetch(connector, '/x', { method: 'POST', body: 'hello' });
      expect(response.bodyUsed).toBe(false);
      return response.json();
    },
  },
  {
    name: 'HttpService',
    call: async ({ connectors }: ProviderCalls, connector: string): Promise<unknown> => {
      const config = { validateStatus: () => true };
      const call = connectors.http(connector).post<unknown>('/x', 'hello', config);
      return (await firstValueFrom(call)).data;
    },
  },
  {
    name: 'HttpService, for bytes,',
    call: async ({ connectors }: ProviderCalls, connector: string): Promise<unknown> => {
      const config = { validateStatus: () => true, responseType: 'arraybuffer' } as const;
      const call = connectors.http(connector).post<Buffer>('/x', 'hello', config);
      return JSON.parse((await firstValueFrom(call)).data.toString()) as unknown;
    },
  },
];

/** Creates a rejection of Slack whose JSON has a length. */
function createRejection(bytes: number): object {
  const rejection = { ok: false, error: 'token_expired', text: '' };
  const missing = bytes - JSON.stringify(rejection).length;
  return { ...rejection, text: 'x'.repeat(missing) };
}

describe.each(WAYS)(
  'A provider that rejects a token without a 401, called by $name',
  ({ call }) => {
    /** A provider that accepts only the second token, and whose rejections have the status 200 or 400. */
    async function rejecting(
      connector: string,
      status: number,
      body: unknown,
      headers: Record<string, string> = {},
    ): Promise<ProviderCalls> {
      const calls: ProviderCalls = await providerCalls({
        connector,
        respond: (request, response) => {
          if (getSentToken(request) === 'the-second-token-of-a-test')
            json(response, 200, { ok: true });
          else json(response, status, body, headers);
        },
      });
      await calls.connectors.getConnection(connector);
      calls.provider.good.add('the-second-token-of-a-test');
      calls.base44.connect(connector, { accessToken: 'the-second-token-of-a-test' });
      return calls;
    }

    it.each([
      ['slack', 200, { ok: false, error: 'token_expired' }],
      ['slack', 200, { ok: false, error: 'invalid_auth' }],
      ['slack', 200, { ok: false, error: 'token_revoked' }],
      ['slackbot', 200, { ok: false, error: 'account_inactive' }],
      ['slackbot', 200, { ok: false, error: 'not_authed' }],
      ['instagram', 400, { error: { type: 'OAuthException', code: 190 } }],
      ['slack', 200, createRejection(4_096)],
    ])('receives the request of %s again after a %d with %j', async (connector, status, body) => {
      const calls = await rejecting(connector, status, body);
      await expect(call(calls, connector)).resolves.toEqual({ ok: true });
      expect(calls.provider.requests.map((request) => request.body)).toEqual(['hello', 'hello']);
      expect(calls.base44.requests).toHaveLength(2);
    });

    it('is understood if it names the longest length in a header', async () => {
      const headers = { 'Content-Length': '4096' };
      const calls = await rejecting('slack', 200, createRejection(4_096), headers);
      await expect(call(calls, 'slack')).resolves.toEqual({ ok: true });
    });

    it.each([
      ['slack', { ok: false, error: 'channel_not_found' }],
      ['slack', { ok: true, error: 'token_expired' }],
      ['slack', { ok: true, message: { error: 'token_expired' } }],
      ['slack', createRejection(4_097)],
      ['slack', null],
      ['slack', []],
      ['github', { ok: false, error: 'token_expired' }],
    ])('is the source of every other response (%s)', async (connector, body) => {
      const calls = await rejecting(connector, 200, body);
      await expect(call(calls, connector)).resolves.toEqual(body);
      expect(calls.provider.requests).toHaveLength(1);
      expect(calls.base44.requests).toHaveLength(1);
    });

    it.each([
      ['without a content type', {}, 2],
      ['as JSON with a charset', { 'Content-Type': 'application/json; charset=utf-8' }, 2],
      ['as text', { 'Content-Type': 'text/plain' }, 1],
    ])('is understood if it responds %s', async (_, headers, requests) => {
      const calls: ProviderCalls = await providerCalls({
        connector: 'slack',
        respond: (_request, response) => {
          response
            .writeHead(200, headers)
            .end(JSON.stringify({ ok: false, error: 'token_expired' }));
        },
      });
      calls.provider.good.add('the-second-token-of-a-test');
      await calls.connectors.getConnection('slack');
      calls.base44.connect('slack', { accessToken: 'the-second-token-of-a-test' });
      await call(calls, 'slack').catch(() => undefined);
      expect(calls.provider.requests).toHaveLength(requests);
    });

    it('causes an error with the remedy when Base44 has no other token', async () => {
      const calls = await providerCalls({
        connector: 'slack',
        respond: (_, response) => {
          json(response, 200, { ok: false, error: 'token_revoked', warning: 'missing_scope' });
        },
      });
      await expect(call(calls, 'slack')).rejects.toMatchObject({
        code: 'CONNECTOR_REAUTHORIZATION_REQUIRED',
        status: 200,
      });
    });
  },
);

describe.each(callers)('A 401 that another token does not remedy, by $name', ({ call }) => {
  const REASONS = [
    [{ error_summary: 'missing_scope/.', error: { required_scope: 'files.content.write' } }, {}],
    [
      { error: { code: 'InvalidAuthenticationToken' } },
      { 'WWW-Authenticate': 'Bearer realm="", error="insufficient_claims", claims="eyJhIjowfQ=="' },
    ],
    [{}, { 'WWW-Authenticate': 'Bearer error=insufficient_user_authentication' }],
  ] as const;

  it.each(REASONS)('is the response when Base44 has no other token (%j)', async (body, headers) => {
    const calls = await providerCalls({
      respond: (_, response) => {
        json(response, 401, body, headers);
      },
    });
    for (let round = 0; round < 3; round += 1) {
      await expect(call(calls, '/x')).resolves.toEqual({ status: 401, text: JSON.stringify(body) });
    }
    expect(calls.provider.requests).toHaveLength(3);
    expect(calls.base44.requests).toHaveLength(2);
  });

  it.each(REASONS)('is the response to the other token (%j)', async (body, headers) => {
    const calls = await providerCalls({
      respond: (_, response) => {
        json(response, 401, body, headers);
      },
    });
    await calls.connectors.getConnection('crm');
    calls.base44.connect('crm', { accessToken: goodToken(calls.provider) });
    await expect(call(calls, '/x')).resolves.toEqual({ status: 401, text: JSON.stringify(body) });
    expect(calls.provider.requests).toHaveLength(2);
  });

  it.each([
    [{ error: 'invalid_token', error_description: 'for the scope x' }, {}],
    [{ message: 'Bad credentials' }, { 'WWW-Authenticate': 'Bearer realm="api"' }],
  ])(
    'does not hide a rejected token, whose error has the status 401 (%j)',
    async (body, headers) => {
      const calls = await providerCalls({
        respond: (_, response) => {
          json(response, 401, body, headers);
        },
      });
      await expect(call(calls, '/x')).rejects.toMatchObject({
        code: 'CONNECTOR_REAUTHORIZATION_REQUIRED',
        status: 401,
      });
    },
  );
});
