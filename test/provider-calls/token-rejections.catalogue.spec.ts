import { type ConnectorDescription, CONNECTORS } from 'nestjs-base44-connectors';
import { firstValueFrom } from 'rxjs';
import { getSentToken, json, providerCalls } from './provider-calls.fixture.js';
import type { ProviderCalls } from './provider-calls.fixture.js';

interface Refusal {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Record<string, string>;
}

const bySlack = (error: string): Refusal => ({ status: 200, body: { ok: false, error } });

const byMeta = (code: number): Refusal => ({
  status: 400,
  body: { error: { message: 'no', type: 'OAuthException', code, fbtrace_id: 'EJplcsCHuLu' } },
});

const byDatabricks = (message: string): Refusal => ({
  status: 403,
  body: { error_code: 403, message },
});

const OF_SLACK = [
  bySlack('account_inactive'),
  bySlack('invalid_auth'),
  bySlack('not_authed'),
  bySlack('token_expired'),
  bySlack('token_revoked'),
];

/** The refusals of a token without a 401, as the providers write them. */
const REFUSALS: Readonly<Record<string, readonly Refusal[]>> = {
  slack: OF_SLACK,
  slackbot: OF_SLACK,
  instagram: [byMeta(190), byMeta(102)],
  contentful: [
    {
      status: 403,
      body: { sys: { type: 'Error', id: 'AccessTokenInvalid' }, message: 'The access token …' },
      headers: { 'Content-Type': 'application/vnd.contentful.management.v1+json' },
    },
  ],
  databricks: [
    byDatabricks('Invalid access token. [ReqId: 145ae51b-da74-40a7]'),
    byDatabricks('Token is expiring within 30 seconds. (token expired)'),
  ],
};

const REJECTING = Object.entries<ConnectorDescription>(CONNECTORS)
  .filter(([, { tokenRejection }]) => tokenRejection !== undefined)
  .map(([connector]) => connector);

const WAYS: Readonly<
  Record<string, (calls: ProviderCalls, connector: string) => Promise<unknown>>
> = {
  'connectors.fetch': async ({ connectors }, connector) =>
    (await connectors.fetch(connector, '/x', { method: 'POST', body: 'hello' })).json(),
  HttpService: async ({ connectors }, connector) =>
    (await firstValueFrom(connectors.http(connector).post<unknown>('/x', 'hello'))).data,
};

const CASES = Object.keys(WAYS).flatMap((way) =>
  REJECTING.flatMap((connector) =>
    (REFUSALS[connector] ?? []).map((refusal) => [way, connector, refusal] as const),
  ),
);

/** A provider that refuses every token except one. */
async function refusing(
  connector: string,
  { status, body, headers }: Refusal,
  accepted: string,
): Promise<ProviderCalls> {
  const calls: ProviderCalls = await providerCalls({
    connector,
    respond: (request, response) => {
      if (getSentToken(request) === accepted) json(response, 200, { ok: true });
      else json(response, status, body, headers);
    },
  });
  await calls.connectors.getConnection(connector);
  calls.provider.good.add('the-second-token-of-a-test');
  calls.base44.connect(connector, { accessToken: 'the-second-token-of-a-test' });
  return calls;
}

it('there is a refusal of every provider that refuses a token without a 401', () => {
  expect(Object.keys(REFUSALS).sort()).toEqual([...REJECTING].sort());
});

describe.each(CASES)(
  'A call by %s to %s, which refuses a token with %j',
  (way, connector, refusal) => {
    const call = WAYS[way]!;

    it('is sent once more with a new token', async () => {
      const calls = await refusing(connector, refusal, 'the-second-token-of-a-test');
      await expect(call(calls, connector)).resolves.toEqual({ ok: true });
      expect(calls.provider.requests.map(({ body }) => body)).toEqual(['hello', 'hello']);
      expect(calls.base44.requests).toHaveLength(2);
    });

    it('requires a new authorization when the new token is refused too', async () => {
      const calls = await refusing(connector, refusal, 'no token');
      await expect(call(calls, connector)).rejects.toMatchObject({
        code: 'CONNECTOR_REAUTHORIZATION_REQUIRED',
        connector,
        status: refusal.status,
      });
      expect(calls.provider.requests).toHaveLength(2);
      expect(calls.base44.requests).toHaveLength(2);
    });
  },
);

it.each([
  ['contentful', 403, { sys: { type: 'Error', id: 'AccessDenied' } }],
  ['databricks', 403, { error_code: 'PERMISSION_DENIED', message: 'Not an Invalid access token' }],
  ['databricks', 403, { message: ['Invalid access token'] }],
  ['instagram', 400, { error: { type: 'OAuthException', code: 100 } }],
])('another error of %s reaches the caller', async (connector, status, body) => {
  const calls = await refusing(connector, { status, body }, 'no token');
  const response = await calls.connectors.fetch(connector, '/x');
  await expect(response.json()).resolves.toEqual(body);
  expect(calls.provider.requests).toHaveLength(1);
});
