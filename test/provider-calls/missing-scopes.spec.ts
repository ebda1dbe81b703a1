import { inspect } from 'node:util';
import { firstValueFrom } from 'rxjs';
import {
  type ConnectorDescription,
  CONNECTORS,
  ConnectorScopeMissingError,
  findConnectorsError,
  isConnectorsError,
} from 'nestjs-base44-connectors';
import { catchError } from '../support/async.js';
import { type Refusal, refusing, WAYS } from './missing-scopes.fixture.js';
import { getSentToken, json, type ProviderCalls, providerCalls } from './provider-calls.fixture.js';

const GOOGLE_BODY = {
  error: {
    code: 403,
    message: 'Request had insufficient authentication scopes.',
    status: 'PERMISSION_DENIED',
    errors: [{ reason: 'insufficientPermissions' }],
    details: [
      { '@type': 'type.googleapis.com/google.rpc.Help' },
      { reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT', domain: 'googleapis.com' },
    ],
  },
};
const CALENDAR = 'https://www.googleapis.com/auth/calendar';

const byGoogle: Refusal = {
  status: 403,
  body: GOOGLE_BODY,
  headers: {
    'WWW-Authenticate': `Bearer realm="https://accounts.google.com/", error="insufficient_scope", scope="${CALENDAR} ${CALENDAR}.readonly"`,
  },
};

const byGithub = (granted: string, accepted: string, status = 403): Refusal => ({
  status,
  body: { message: 'Must have admin rights to Repository.' },
  headers: { 'X-OAuth-Scopes': granted, 'X-Accepted-OAuth-Scopes': accepted },
});

const bySlack = (body: object, headers: Record<string, string> = {}): Refusal => ({
  status: 200,
  body: { ok: false, error: 'missing_scope', ...body },
  headers,
});

/** The refusals as the providers write them, with the missing and the granted scopes. */
const REFUSALS: readonly [string, Refusal, readonly string[], (readonly string[])?][] = [
  [
    'slack',
    bySlack({ needed: 'chat:write', provided: 'users:read,team:read' }),
    ['chat:write'],
    ['users:read', 'team:read'],
  ],
  [
    'slackbot',
    bySlack({ needed: 'channels:read,groups:read', provided: 'groups:read' }),
    ['channels:read'],
    ['groups:read'],
  ],
  [
    'slack',
    bySlack({}, { 'X-OAuth-Scopes': 'users:read', 'X-Accepted-OAuth-Scopes': 'chat:write' }),
    ['chat:write'],
    ['users:read'],
  ],
  // The scopes are a set, in any order.
  ['slack', bySlack({ needed: 'b:x,a:x', provided: 'a:x,b:x' }), ['b:x', 'a:x'], ['a:x', 'b:x']],
  [
    'github',
    byGithub('public_repo, user', 'admin:org, repo'),
    ['admin:org', 'repo'],
    ['public_repo', 'user'],
  ],
  ['googlecalendar', byGoogle, [CALENDAR, `${CALENDAR}.readonly`]],
  ['gmail', { status: 403, body: GOOGLE_BODY }, []],
  ['googledrive', { status: 403, body: { error: { message: 'Insufficient Permission' } } }, []],
  [
    'dropbox',
    {
      status: 401,
      body: {
        error_summary: 'missing_scope/..',
        error: { '.tag': 'missing_scope', required_scope: 'files.content.write' },
      },
    },
    ['files.content.write'],
  ],
  [
    'gitlab',
    { status: 403, body: { error: 'insufficient_scope', scope: 'api read_api' } },
    ['api', 'read_api'],
  ],
  [
    'hubspot',
    {
      status: 403,
      body: {
        category: 'MISSING_SCOPES',
        errors: [{ context: { requiredGranularScopes: ['crm.objects.contacts.write'] } }],
      },
    },
    ['crm.objects.contacts.write'],
  ],
  ['gitlab', { status: 403, body: { error: 'insufficient_scope' } }, []],
  ['hubspot', { status: 403, body: { category: 'MISSING_SCOPES', errors: 'none' } }, []],
  ['box', { status: 403, body: { type: 'error', code: 'insufficient_scope' } }, []],
  ['square', { status: 403, body: { errors: [{ code: 'INSUFFICIENT_SCOPES' }] } }, []],
  ['tiktok', { status: 401, body: { error: { code: 'scope_not_authorized' } } }, []],
  ['tiktok', { status: 401, body: { error: { code: 'scope_permission_missed' } } }, []],
  ...[401, 403].map((status): [string, Refusal, string[]] => [
    'crm',
    { status, headers: { 'WWW-Authenticate': 'Bearer error="insufficient_scope", scope="a b"' } },
    ['a', 'b'],
  ]),
  ['crm', { status: 403, headers: { 'WWW-Authenticate': 'Bearer error=insufficient_scope' } }, []],
];

it('there is a refusal of every provider that tells missing scopes', () => {
  const telling = Object.entries<ConnectorDescription>(CONNECTORS)
    .filter(([, { scopeRejection }]) => scopeRejection !== undefined)
    .map(([connector]) => (/^(google|gmail)/.test(connector) ? 'google' : connector));
  const tested = REFUSALS.map(([name]) => (/^(google|gmail)/.test(name) ? 'google' : name));
  expect([...new Set(tested)].sort()).toEqual([...new Set([...telling, 'crm'])].sort());
});

describe.each(WAYS)('A missing scope, told to a call by $name,', ({ call }) => {
  it.each(REFUSALS)('is an error: %s, %j', async (...row) => {
    const [connector, refusal, missing, granted] = row;
    const calls = await refusing(connector, refusal);
    for (let round = 0; round < 2; round += 1) {
      const error = (await catchError(call(calls, connector))) as unknown;
      expect(error).toBeInstanceOf(ConnectorScopeMissingError);
      expect(error).toMatchObject({
        code: 'CONNECTOR_SCOPE_MISSING',
        retryable: false,
        connector,
        status: refusal.status,
        missingScopes: missing,
      });
      expect((error as ConnectorScopeMissingError).grantedScopes).toEqual(granted);
    }
    // The token is neither renewed nor evicted, and the call is not sent again.
    expect(calls.base44.requests).toHaveLength(1);
    expect(calls.provider.requests).toHaveLength(2);
  });

  it('has the response of the provider', async () => {
    const byGitlab = { status: 403, body: { error: 'insufficient_scope', scope: 'api' } };
    for (const [connector, refusal] of [
      ['gitlab', byGitlab],
      ['github', byGithub('user', 'repo')],
    ] as const) {
      const calls = await refusing(connector, refusal);
      const { providerResponse: response } = (await catchError(
        call(calls, connector),
      )) as Partial<ConnectorScopeMissingError>;
      expect(response!.status).toBe(403);
      expect(response!.headers.get('content-type')).toBe('application/json');
      await expect(response!.json()).resolves.toEqual(refusal.body);
    }
  });

  it('has the response of the provider without a type that it did not have', async () => {
    const calls = await providerCalls({
      connector: 'crm',
      respond: (_, response) => {
        response
          .writeHead(403, { 'WWW-Authenticate': 'Bearer error=insufficient_scope' })
          .end('no');
      },
    });
    const { providerResponse: response } = (await catchError(
      call(calls, 'crm'),
    )) as Partial<ConnectorScopeMissingError>;
    expect([...response!.headers]).toEqual([]);
    await expect(response!.text()).resolves.toBe('no');
  });

  it('is read in a challenge of 4096 characters, but not in a longer one', async () => {
    const challenge = 'Bearer error=insufficient_scope, x='.padEnd(4096, 'x');
    const headers = { 'WWW-Authenticate': challenge };
    const calls = await refusing('crm', { status: 403, headers });
    await expect(call(calls, 'crm')).rejects.toMatchObject({ code: 'CONNECTOR_SCOPE_MISSING' });
    const longer = { 'WWW-Authenticate': `${challenge}x` };
    const others = await refusing('crm', { status: 403, headers: longer });
    await expect(call(others, 'crm')).resolves.toMatchObject({ status: 403 });
  });

  it('is not assumed for a page', async () => {
    const calls = await providerCalls({
      connector: 'gitlab',
      respond: (_, response) => {
        response.writeHead(403, { 'Content-Type': 'text/html' }).end('insufficient_scope');
      },
    });
    await expect(call(calls, 'gitlab')).resolves.toEqual({
      status: 403,
      text: 'insufficient_scope',
    });
  });

  it('is told for a renewed token too', async () => {
    const calls: ProviderCalls = await providerCalls({
      connector: 'slack',
      respond: (request, response) => {
        const isFirst = getSentToken(request) !== 'the-second-token-of-a-test';
        const error = isFirst ? 'token_expired' : 'missing_scope';
        json(response, 200, { ok: false, error, needed: 'chat:write' });
      },
    });
    await calls.connectors.getConnection('slack');
    calls.provider.good.add('the-second-token-of-a-test');
    calls.base44.connect('slack', { accessToken: 'the-second-token-of-a-test' });
    await expect(call(calls, 'slack')).rejects.toMatchObject({ missingScopes: ['chat:write'] });
    expect(calls.provider.requests).toHaveLength(2);
  });

  it.each<[string, string, Refusal]>([
    ['a scope that includes the accepted one', 'github', byGithub('repo', 'public_repo')],
    ['a scope that includes it indirectly', 'github', byGithub('admin:org', 'read:org')],
    ['one of the accepted scopes', 'github', byGithub('user, read:org', 'repo, read:org')],
    ['a resource that may be missing', 'github', byGithub('user', 'repo', 404)],
    ['a call that needs no scope', 'github', byGithub('user', '')],
    ['a token without scopes, such as that of a GitHub App', 'github', byGithub('', 'repo')],
    [
      'a rate limit',
      'github',
      {
        ...byGithub('user', 'repo'),
        headers: { ...byGithub('user', 'repo').headers, 'Retry-After': '60' },
      },
    ],
    ['no headers', 'github', { status: 403, body: { message: 'Forbidden' } }],
    [
      'another permission',
      'googledrive',
      { status: 403, body: { error: { errors: [{ reason: 'insufficientFilePermissions' }] } } },
    ],
    ['an accepted message', 'slack', { status: 200, body: { ok: true, error: 'missing_scope' } }],
    ['another status', 'gitlab', { status: 400, body: { error: 'insufficient_scope' } }],
    [
      'another provider',
      'notion',
      { status: 403, body: { error: 'insufficient_scope', scope: 'a' } },
    ],
    [
      'a success',
      'crm',
      { status: 200, headers: { 'WWW-Authenticate': 'Bearer error="insufficient_scope"' } },
    ],
    [
      'another challenge',
      'crm',
      { status: 403, headers: { 'WWW-Authenticate': 'Bearer scope="a"' } },
    ],
    ['another error', 'gitlab', { status: 403, body: { message: '403 Forbidden' } }],
  ])('is not assumed for %s (%s)', async (_, connector, refusal) => {
    const calls = await refusing(connector, refusal);
    await expect(call(calls, connector)).resolves.toEqual({
      status: refusal.status,
      text: JSON.stringify(refusal.body ?? {}),
    });
    expect(calls.base44.requests).toHaveLength(1);
  });

  it.each<[string, Refusal]>([
    ['text that is no scope', bySlack({ needed: '<b>,a"b,\u0000,chat:write,é' })],
    ['too long scopes', bySlack({ needed: `${'x'.repeat(129)},chat:write` })],
    ['something else than text', bySlack({ needed: [1, { a: 1 }, null, ['chat:write']] })],
    ['a scope twice', bySlack({ needed: 'chat:write chat:write' })],
  ])('leaves out %s', async (_, refusal) => {
    const calls = await refusing('slack', refusal);
    const error = await catchError(call(calls, 'slack'));
    expect(error).toMatchObject({ missingScopes: ['chat:write'] });
    expect(error.message).toContain("lacks the scope 'chat:write'.");
  });

  it('names at most 20 scopes, and 5 in the message', async () => {
    const scopes = Array.from({ length: 30 }, (_, index) => `scope:${index}`);
    const calls = await refusing('slack', bySlack({ needed: scopes.join(' ') }));
    const error = await catchError(call(calls, 'slack'));
    expect(error).toMatchObject({ missingScopes: scopes.slice(0, 20) });
    expect(error.message).toContain("'scope:4' and 15 more.");
  });

  it('shows neither the token nor the response of the provider', async () => {
    const calls = await providerCalls({
      connector: 'slack',
      respond: (request, response) => {
        const token = getSentToken(request)!;
        const needed = `${token},x:${token},${token.slice(3, 13)},chat:write`;
        json(response, 200, {
          ...bySlack({ needed, provided: token }).body!,
          more: 'upstream text',
        });
      },
    });
    const error = await catchError(call(calls, 'slack'));
    expect(error).toMatchObject({ missingScopes: ['chat:write'], grantedScopes: [] });
    const shown = inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error);
    const [{ accessToken }] = [await calls.connectors.getConnection('slack')];
    expect(shown).not.toContain(accessToken.slice(3, 13));
    expect(shown).not.toContain('upstream text');
  });
});

it.each([
  [
    'the-token-of-gitlab',
    'api the-token of-gitlab x:f-gitlab the-tok read_api',
    ['api', 'the-tok'],
  ],
  ['secret', 'api secret x:secret secre read_api', ['api', 'secre']],
])(
  'missingScopes leaves out scopes that repeat 8 characters or all of the token %s',
  async (...row) => {
    const [accessToken, scope, missing] = row;
    const calls = await refusing('gitlab', {
      status: 403,
      body: { error: 'insufficient_scope', scope },
    });
    calls.provider.good.add(accessToken);
    calls.base44.connect('gitlab', { accessToken });
    await expect(catchError(calls.connectors.fetch('gitlab', '/x'))).resolves.toMatchObject({
      missingScopes: [...missing, 'read_api'],
    });
  },
);

it('A missing scope is an error of HttpService whatever validateStatus says', async () => {
  const calls = await refusing('gitlab', { status: 403, body: { error: 'insufficient_scope' } });
  for (const responseType of ['json', 'arraybuffer'] as const) {
    const call = firstValueFrom(calls.connectors.http('gitlab').get('/x', { responseType }));
    await expect(call).rejects.toMatchObject({ code: 'CONNECTOR_SCOPE_MISSING' });
  }
});

it('A missing scope in a header is an error of a call whose response is a stream', async () => {
  const calls = await refusing('github', byGithub('user', 'repo'));
  const call = calls.connectors.http('github').get('/x', { responseType: 'stream' });
  const error = await catchError(firstValueFrom(call));
  expect(error).toMatchObject({ missingScopes: ['repo'] });
  await expect(
    (error as Partial<ConnectorScopeMissingError>).providerResponse!.text(),
  ).resolves.toBe('');
});

describe('The message about a missing scope', () => {
  const challenge = {
    'WWW-Authenticate': 'Bearer error="insufficient_scope", scope="tickets:read"',
  };
  const APP = '64b0c0ffee0000000000ba44';

  it.each([
    [
      { workspaceConnector: 'helpdesk' },
      `The access token of connector 'helpdesk' in app ${APP} lacks the scope 'tickets:read'. Add the scope to ` +
        'the connector in the Workspace Settings of Base44, and connect it again.',
    ],
    [
      { appUserConnector: 'helpdesk' },
      `The user's access token of connector 'helpdesk' in app ${APP} lacks the scope 'tickets:read'. Add the scope ` +
        'to the connector in the Workspace Settings of Base44, call disconnectAppUser(), and send the user to the ' +
        'URL that connectAppUser() returns.',
    ],
  ])('names the remedy for %j', async (connector, message) => {
    const calls: ProviderCalls = await providerCalls({
      connector,
      options: { request: { appUserToken: () => undefined } },
      respond: (_, response) => {
        json(response, 403, {}, challenge);
      },
    });
    const ada = calls.base44.addAppUser('ada');
    calls.provider.good.add('token-of-helpdesk');
    const isOfUser = 'appUserConnector' in connector;
    calls.base44.connect(
      connector,
      { accessToken: 'token-of-helpdesk' },
      ...(isOfUser ? [ada] : []),
    );
    const error = await catchError(calls.connectors.asAppUser(ada.token).fetch(connector, '/x'));
    expect(error.message).toBe(message);
  });

  it.each([
    ['chat:write', "lacks the scope 'chat:write'. Add the scope to the connector"],
    ['a:x b:x', "lacks one of the scopes 'a:x', 'b:x'. Add the scope to the connector"],
    [
      '',
      'lacks a scope, which the provider does not name. Add the scope that the provider documents for this call to the connector',
    ],
  ])('names the scopes %j', async (needed, part) => {
    const calls = await refusing('slack', bySlack({ needed }));
    const error = await catchError(calls.connectors.fetch('slack', '/x'));
    expect(error.message).toContain(part);
    expect(error.message).toMatch(
      /under Integrations in the Base44 editor, and connect it again\.$/,
    );
  });
});

it('findConnectorsError() finds it among the causes of an SDK', async () => {
  const calls = await refusing('slack', bySlack({ needed: 'chat:write' }));
  const error = await catchError(calls.connectors.fetchFor('slack')('/x'));
  const wrapped = new Error('An HTTP protocol error occurred', { cause: error });
  expect(findConnectorsError(wrapped)).toBe(error);
  expect(isConnectorsError(error)).toBe(true);
});
