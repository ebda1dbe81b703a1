import { createClient } from '@base44/sdk';
import fc from 'fast-check';
import {
  ConnectorsConfigurationError,
  type ConnectorsModuleOptions,
  type ConnectorsService,
  type IncomingRequest,
  InvalidRequestError,
  UntrustedRequestError,
} from 'nestjs-base44-connectors';
import { startByteSink, type ByteSink } from '../support/byte-sink.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { createConnectors } from '../support/create-connectors.js';
import { printFigure } from '../support/print-figure.js';
import { catchError, settle } from '../support/async.js';
import {
  getHeader,
  startRecordingServer,
  type RecordingServer,
  respondWith,
} from '../support/recording-server.js';
import { scaled } from '../support/scale.js';
import { type AdapterName, ADAPTERS, httpApp } from './base44-headers.fixture.js';

const GENERATED = scaled(10_000, 1_000);
const KB_100 = 'a'.repeat(102_400);

const FORWARDED = {
  'base44-service-authorization': 'Bearer service-1',
  'base44-app-id': 'app1',
} as const;

/** Creates a request of Node.js with the headers of Base44, some of them replaced. */
function forwarded(headers: Record<string, unknown> = {}): IncomingRequest {
  const all: Record<string, unknown> = { ...FORWARDED, ...headers };
  const entries = Object.entries(all);
  return { headers: Object.fromEntries(entries.filter(([, value]) => value !== undefined)) };
}

describe('The headers of Base44 in a request', () => {
  let base44: RecordingServer;
  let connectors: ConnectorsService;

  const boot = async (options: Partial<ConnectorsModuleOptions> = {}): Promise<void> => {
    const request = { base44Headers: true };
    connectors = await createConnectors({ serverUrl: base44.url, request, ...options });
  };

  const ask = (headers: Record<string, unknown> = {}): Promise<unknown> =>
    connectors.forRequest(forwarded(headers)).getConnection('slack');

  /** Returns the headers of the only request that arrived. */
  const sent = (name: string): string | undefined => {
    expect(base44.requests).toHaveLength(1);
    return getHeader(base44.requests[0]!, name);
  };

  beforeEach(async () => {
    base44 = await startRecordingServer();
    await boot();
  });

  describe('that name a server', () => {
    let strangers: ByteSink[];

    beforeEach(async () => {
      strangers = [
        await startByteSink(),
        await startByteSink({ host: '127.0.0.2', port: base44.port }),
      ];
    });

    const joinReceived = (all: readonly ByteSink[]): string =>
      all.map((sink) => sink.received()).join('');

    it('which is not trusted reject, and send nothing', async () => {
      for (const { url } of strangers) {
        await expect(ask({ 'base44-api-url': url })).rejects.toBeInstanceOf(UntrustedRequestError);
      }
      expect([base44.requests.length, joinReceived(strangers)]).toEqual([0, '']);
    });

    it.each([
      'https://base44.app.evil.test',
      'https://base44.app@evil.test',
      'https://base44.app:443@evil.test',
      'https://evil.test/base44.app',
      'https://evil.test\\@base44.app',
      'https://base44.app.',
      'https://base44.app:8443',
      'https://base44。app.evil.test',
      'https://base44.app%2eevil.test',
      'https://bаse44.app',
      'https://base44.app/?',
      'https://base44.app#',
      'https://base44.app/api',
      'https://user@base44.app',
      'http://base44.app',
      '//base44.app',
      'base44.app',
      'javascript:alert(1)',
      '',
      'https://',
      '__proto__',
      'undefined',
    ])('as %j reject when https://base44.app is trusted', async (named) => {
      const http = { serverUrl: 'https://base44.app', resilience: { deadlineMs: 1 } };
      await boot(http);
      await expect(ask({ 'base44-api-url': named })).rejects.toBeInstanceOf(UntrustedRequestError);
    });

    it('in another spelling name the same server', async () => {
      const { port, url } = base44;
      for (const named of [`${url}/`, `HTTP://127.0.0.1:${port}`, `http://127.1:${port}`]) {
        await ask({ 'base44-api-url': named });
      }
      const lines = base44.requests.map(({ method, path }) => `${method} ${path}`);
      expect(new Set(lines)).toEqual(new Set(['GET /api/apps/app1/external-auth/tokens/slack']));
      expect(lines).toHaveLength(3);
    });

    it('never lead to another one in any spelling', async () => {
      let accepted = 0;
      await fc.assert(
        fc.asyncProperty(spellings(base44, strangers), async (named) => {
          base44.requests.length = 0;
          const outcome = await settle(() => ask({ 'base44-api-url': named }));
          if ('value' in outcome) accepted += 1;
          else expect(outcome.error).toBeInstanceOf(UntrustedRequestError);
          expect(base44.requests).toHaveLength('value' in outcome ? 1 : 0);
        }),
        { seed: 44, numRuns: GENERATED },
      );
      expect(joinReceived(strangers)).toBe('');
      expect(accepted).toBeGreaterThan(0);
      printFigure(
        'spellings of Base44-Api-Url',
        `${GENERATED}, ${accepted} trusted, 0 bytes elsewhere`,
      );
    });
  });

  it.each(['app2', 'APP1', 'app1/', ' app1', 'app1,app1', '', '..', '__proto__', 'app1\0'])(
    'that name the app %j reject, and send nothing',
    async (appId) => {
      await expect(ask({ 'base44-app-id': appId })).rejects.toBeInstanceOf(UntrustedRequestError);
      expect(base44.requests).toHaveLength(0);
    },
  );

  it.each<[string, (service: ConnectorsService) => Promise<unknown>]>([
    ['getWorkspaceConnection', (service) => service.getWorkspaceConnection('ws1')],
    ['getCurrentAppUserConnection', (service) => service.getCurrentAppUserConnection('cal1')],
    ['getAccessToken', (service) => service.getAccessToken('slack')],
    ['callApi', (service) => service.callApi('x', { path: '/' })],
    ['connectAppUser', (service) => service.connectAppUser('cal1')],
    ['disconnectAppUser', (service) => service.disconnectAppUser('cal1')],
    ['invalidate', (service) => service.invalidate('slack')],
  ])('that are not trusted reject in %s as well', async (_, call) => {
    const stranger = await startByteSink();
    for (const headers of [{ 'base44-api-url': stranger.url }, { 'base44-app-id': 'app2' }]) {
      const service = connectors.forRequest(forwarded({ authorization: 'Bearer u', ...headers }));
      await expect(call(service)).rejects.toBeInstanceOf(UntrustedRequestError);
      await expect(call(service.asAppUser('u'))).rejects.toBeInstanceOf(UntrustedRequestError);
    }
    expect([base44.requests.length, stranger.received()]).toEqual([0, '']);
  });

  it.each(['dev', 'prod'])('that name the environment %s send it', async (dataEnv) => {
    await ask({ 'x-data-env': dataEnv });
    expect(sent('x-data-env')).toBe(dataEnv);
  });

  it('are read from a request only', async () => {
    const service = connectors.forRequest(undefined as never);
    await expect(service.getConnection('slack')).rejects.toThrow(
      'forRequest() received no request. Pass the request, or the handshake of a WebSocket',
    );
  });

  it('are needed without another service role', async () => {
    await expect(connectors.getConnection('slack')).rejects.toMatchObject({
      code: 'SERVICE_ROLE_REQUIRED',
      message:
        'There is no service token: the options have none, and the call is not part of a request with ' +
        'Base44-Service-Authorization. Set serviceToken in the options of ConnectorsModule, or broker ' +
        'instead of request.base44Headers.',
    });
  });

  it('may have an empty state, which is not sent', async () => {
    await ask({ 'base44-state': '' });
    expect(sent('base44-state')).toBeUndefined();
  });

  it('share the invalidation of the configured identity', async () => {
    await boot({ serviceToken: 'of-the-options', cache: {} });
    const tokens = Array.from({ length: 50 }, (_, index) => `Bearer service-${index}`);
    const askAll = () =>
      Promise.all(tokens.map((token) => ask({ 'base44-service-authorization': token })));
    await askAll();
    await askAll();
    expect(base44.requests).toHaveLength(50);
    await connectors.invalidate('slack');
    await askAll();
    expect(base44.requests).toHaveLength(100);
  });

  describe('that name a further trusted server or app', () => {
    const isOk = { request: { base44Headers: true, trustedAppIds: ['app2'] } };

    async function bootWithFurther(more: Partial<ConnectorsModuleOptions> = {}) {
      const further = await startRecordingServer(respondWith({ access_token: 'further' }));
      const request = { ...isOk.request, trustedServerUrls: [`${further.url}/`] };
      await boot({ request, ...more });
      return further;
    }

    it('lead to it, with the service token of the request', async () => {
      const further = await bootWithFurther({ serviceToken: 'of-the-options' });
      await expect(
        ask({ 'base44-api-url': further.url, 'base44-app-id': 'app2' }),
      ).resolves.toMatchObject({ accessToken: 'further' });

      const [request] = further.requests;
      expect(request?.path).toBe('/api/apps/app2/external-auth/tokens/slack');
      expect(getHeader(request!, 'authorization')).toBe('Bearer service-1');
      expect(getHeader(request!, 'x-app-id')).toBe('app2');
      expect(base44.requests).toHaveLength(0);
    });

    it('reject without a service token, because that of the options is for another app', async () => {
      const further = await bootWithFurther({ serviceToken: 'of-the-options' });
      for (const headers of [{ 'base44-api-url': further.url }, { 'base44-app-id': 'app2' }]) {
        const request = { ...headers, 'base44-service-authorization': undefined };
        await expect(ask(request)).rejects.toMatchObject({
          name: UntrustedRequestError.name,
          message:
            'The request names another Base44 app or server than the options, ' +
            'but has no Base44-Service-Authorization for it. Forward that header too',
        });
      }
      expect([...further.requests, ...base44.requests]).toEqual([]);
    });

    it('share no cached connection', async () => {
      const further = await bootWithFurther({ cache: {} });
      for (let round = 0; round < 2; round += 1) {
        await expect(ask()).resolves.toMatchObject({ accessToken: 'token' });
        await expect(ask({ 'base44-app-id': 'app2' })).resolves.toBeDefined();
        const elsewhere = ask({ 'base44-api-url': further.url });
        await expect(elsewhere).resolves.toMatchObject({ accessToken: 'further' });
      }
      expect([base44.requests.length, further.requests.length]).toEqual([2, 1]);
    });

    it('share no breaker', async () => {
      const breaker = { failureThreshold: 2, halfOpenAfterMs: 600_000 };
      const failing = await startRecordingServer(respondWith({}, 503));
      const trusted = { ...isOk.request, trustedServerUrls: [failing.url] };
      await boot({ request: trusted, resilience: { retries: 0, breaker } });
      for (let attempt = 0; attempt < 4; attempt += 1) {
        await catchError(() => ask({ 'base44-api-url': failing.url }));
      }
      expect(failing.requests).toHaveLength(2);
      await catchError(() => ask({ 'base44-api-url': failing.url, 'base44-app-id': 'app2' }));
      expect(failing.requests).toHaveLength(3);
      await expect(ask()).resolves.toMatchObject({ accessToken: 'token' });
    });

    it('may name the configured server in another spelling', async () => {
      const request = { base44Headers: true, trustedServerUrls: [base44.url.toUpperCase()] };
      await boot({ serviceToken: 'of-the-options', request });
      await ask({ 'base44-api-url': base44.url, 'base44-service-authorization': undefined });
      expect(sent('authorization')).toBe('Bearer of-the-options');
    });
  });

  describe('reject, and send nothing, with', () => {
    const service = 'base44-service-authorization';
    it.each<[string, Record<string, unknown>]>([
      ['no Bearer', { [service]: 'Basic dXNlcjpwYXNz' }],
      ['an empty service token', { [service]: '' }],
      ['a Bearer without a token', { [service]: 'Bearer ' }],
      ['a lower-case bearer', { [service]: 'bearer a' }],
      ['two spaces', { [service]: 'Bearer  a' }],
      ['two tokens', { [service]: 'Bearer a, Bearer b' }],
      ['a line break in the service token', { [service]: 'Bearer a\r\nX-App-Id: b' }],
      ['a service token beyond ASCII', { [service]: 'Bearer tökén' }],
      ['a service token of 100 KB', { [service]: `Bearer ${KB_100}` }],
      ['two service tokens in a list', { [service]: ['Bearer a', 'Bearer b'] }],
      ['two apps in a list', { 'base44-app-id': ['app1', 'app1'] }],
      ['two servers in a list', { 'base44-api-url': ['https://base44.app', 'https://b.test'] }],
      ['two states in a list', { 'base44-state': ['a', 'b'] }],
      ['a line break in the state', { 'base44-state': 'a\r\nAuthorization: Bearer b' }],
      ['a NUL in the state', { 'base44-state': 'a\0' }],
      ['a state of 100 KB', { 'base44-state': KB_100 }],
      ['two users in a list', { authorization: ['Bearer a', 'Bearer b'] }],
      ['two environments in a list', { 'x-data-env': ['dev', 'prod'] }],
      ['a service token, but no app', { 'base44-app-id': undefined }],
    ])('%s', async (_, headers) => {
      await expect(ask(headers)).rejects.toBeInstanceOf(InvalidRequestError);
      expect(base44.requests).toHaveLength(0);
    });

    it.each<[Record<string, unknown>, string]>([
      [
        { 'base44-api-url': 'https://evil.test' },
        'The request names a Base44 server that is not trusted. If it is yours, add it to request.trustedServerUrls.',
      ],
      [
        { 'base44-app-id': 'app2' },
        'The request names another Base44 app than appId. If it is yours, add it to request.trustedAppIds.',
      ],
      [
        { [service]: 'Basic dXNlcjpwYXNz' },
        'Invalid authorization header format. Expected "Bearer <token>" in Base44-Service-Authorization',
      ],
      [
        { 'base44-app-id': undefined },
        'Base44-App-Id header is required, but it was not found on the request',
      ],
      [
        { [service]: ['Bearer a', 'Bearer b'] },
        'The header Base44-Service-Authorization occurs more than once. Send it once',
      ],
      [{ 'base44-app-id': 42 }, 'The header Base44-App-Id must be a string'],
      [{ 'base44-state': 'a\0' }, 'The header Base44-State cannot be forwarded'],
    ])('%j and a message that says so', async (headers, message) => {
      await expect(ask(headers)).rejects.toMatchObject({ message });
    });

    it.each([null, 42, { headers: { authorization: 42 } }, { headers: { [service]: 42 } }])(
      'a value of untyped code that is no request: %j',
      async (request) => {
        const outcome = await settle(() =>
          connectors.forRequest(request as never).getConnection('slack'),
        );
        expect(outcome).not.toEqual({ error: expect.any(TypeError) as unknown });
        expect(base44.requests).toHaveLength(0);
      },
    );
  });

  it.each([
    'Basic dXNlcjpwYXNz',
    'bearer a',
    'Bearer  a',
    'Bearer a\r\nX: y',
    'Bearer tökén',
    `Bearer ${KB_100}`,
    '',
  ])('ignore an Authorization without a valid bearer token: %j', async (authorization) => {
    await ask({ authorization });
    expect(sent('on-behalf-of')).toBeUndefined();
    expect(sent('authorization')).toBe('Bearer service-1');
    const service = connectors.forRequest(forwarded({ authorization }));
    await expect(service.connectAppUser('cal1')).rejects.toMatchObject({
      code: 'APP_USER_REQUIRED',
    });
    expect(base44.requests).toHaveLength(1);
  });

  it.each(['DEV', 'Prod', 'staging', ' dev', 'dev, prod', 'dev\r\nX: y', '', '__proto__'])(
    'drop X-Data-Env %j',
    async (dataEnv) => {
      await ask({ 'x-data-env': dataEnv });
      expect(sent('x-data-env')).toBeUndefined();
    },
  );

  it('forward dev and prod, the state and the user, and nothing else', async () => {
    const strange = { cookie: 'a=b', 'x-forwarded-for': '1.2.3.4', 'x-app-id': 'app2' };
    const known = { 'base44-state': 'st 1', 'x-data-env': 'dev', authorization: 'Bearer user-1' };
    await ask({ ...known, ...strange, 'base44-functions-version': 'v1' });
    const names = base44.requests[0]!.headers.map(([name]) => name.toLowerCase()).sort();
    expect(names.join(' ')).toBe(
      'accept accept-encoding authorization base44-state connection content-type host on-behalf-of user-agent x-app-id x-data-env',
    );
    expect([sent('base44-state'), sent('x-data-env')]).toEqual(['st 1', 'dev']);
    expect([sent('on-behalf-of'), sent('x-app-id')]).toEqual(['Bearer user-1', 'app1']);
  });

  it('may have a state of 8,192 characters, and a server of 2,048', async () => {
    const withState = (length: number) => ({ 'base44-state': 's'.repeat(length) });
    const withServer = (length: number) => ({ 'base44-api-url': base44.url.padEnd(length, '/') });
    await ask({ ...withState(8_192), ...withServer(2_048) });
    await expect(ask(withState(8_193))).rejects.toBeInstanceOf(InvalidRequestError);
    await expect(ask(withServer(2_049))).rejects.toBeInstanceOf(UntrustedRequestError);
    expect(base44.requests).toHaveLength(1);
  });

  it('count as absent when a middleware has removed them', async () => {
    const rawHeaders = ['Authorization', 'Bearer a', 'Authorization', 'Bearer b'];
    const request = { ...forwarded(), rawHeaders };
    await connectors.forRequest(request).getConnection('slack');
    expect(sent('on-behalf-of')).toBeUndefined();
  });

  it('may be named in the value of another header', async () => {
    const rawHeaders = ['Vary', 'base44-app-id', 'Base44-App-Id', 'app1'];
    const request = { ...forwarded(), rawHeaders };
    await connectors.forRequest(request).getConnection('slack');
    expect(base44.requests).toHaveLength(1);
  });

  it('count only as own properties', async () => {
    const inherited = { 'base44-app-id': 'app2', 'base44-api-url': 'https://evil.test' };
    await boot({ serviceToken: 'of-the-options' });
    for (const headers of [
      JSON.parse('{"__proto__":{"base44-app-id":"app2"}}') as object,
      { get: 'Bearer evil', constructor: 'x', prototype: 'y', tostring: 'z' },
      Object.fromEntries(Object.entries(inherited).map(([name, value]) => [`x-${name}`, value])),
    ]) {
      await connectors.forRequest({ headers }).getConnection('slack');
    }
    const tokens = base44.requests.map((request) => getHeader(request, 'authorization'));
    expect(new Set(tokens)).toEqual(new Set(['Bearer of-the-options']));
  });

  it('have no effect without the option', async () => {
    const evil = { 'base44-api-url': 'https://evil.test', 'base44-app-id': 'app9' };
    const user = { authorization: 'Bearer u', 'base44-state': 's', 'x-data-env': 'dev' };
    await boot({ serviceToken: 'of-the-options', request: undefined });
    await ask({ ...evil, ...user });
    expect(base44.requests[0]?.path).toBe('/api/apps/app1/external-auth/tokens/slack');
    expect(sent('authorization')).toBe('Bearer of-the-options');
    for (const name of ['on-behalf-of', 'base44-state', 'x-data-env']) {
      expect(sent(name)).toBeUndefined();
    }
  });

  it('have no effect beside appUserToken alone, which identifies the user', async () => {
    const appUserToken = (): string => 'from-the-session';
    await boot({ serviceToken: 'of-the-options', request: { appUserToken } });
    await ask({ authorization: 'Bearer u', 'base44-app-id': 'app9', 'base44-state': 's' });
    expect(sent('authorization')).toBe('Bearer of-the-options');
    expect(sent('on-behalf-of')).toBe('Bearer from-the-session');
    expect(sent('base44-state')).toBeUndefined();
  });

  it('have no effect on a service that is bound to a user, without the option', async () => {
    await boot({ serviceToken: 'of-the-options', request: undefined });
    const service = connectors.asAppUser('ada').forRequest(forwarded());
    await service.getCurrentAppUserConnection('cal1');
    expect(sent('on-behalf-of')).toBe('Bearer ada');
  });

  describe.each(Object.keys(ADAPTERS) as AdapterName[])('over HTTP on %s', (adapter) => {
    const start = () =>
      httpApp(
        {
          serverUrl: base44.url,
          appId: 'app1',
          serviceToken: 'of-the-options',
          request: { base44Headers: true },
          cache: false,
        },
        adapter,
      );

    it.each(['decorated', 'ambient'])('act for the request that they are in: %s', async (path) => {
      const app = await start();
      for (const token of ['one', 'two']) {
        const lines = [`Base44-Service-Authorization: Bearer ${token}`, 'Base44-App-Id: app1'];
        await expect(app.ask(lines, path)).resolves.toMatchObject({ status: 200 });
      }
      expect(base44.requests.map((request) => getHeader(request, 'authorization'))).toEqual([
        'Bearer one',
        'Bearer two',
      ]);
    });

    it.each(['decorated', 'ambient'])('get a 403 that names nothing: %s', async (path) => {
      const app = await start();
      for (const line of ['Base44-Api-Url: https://evil.test', 'Base44-App-Id: evil-app']) {
        const { status, body } = await app.ask([line], path);
        expect(status).toBe(403);
        expect(body).toMatchObject({ statusCode: 403, error: 'UNTRUSTED_REQUEST' });
        expect(JSON.stringify(body)).not.toContain('evil');
      }
      expect(base44.requests).toHaveLength(0);
    });

    const service = 'Base44-Service-Authorization: Bearer s';
    const appId = 'Base44-App-Id: app1';
    const forwardedLines = [service, appId];
    it.each<[string, string[]]>([
      ['service tokens', [...forwardedLines, service]],
      ['apps', [...forwardedLines, appId]],
      ['servers', [...forwardedLines, 'Base44-Api-Url: http://a', 'base44-api-url: http://a']],
      ['states', [...forwardedLines, 'Base44-State: a', 'BASE44-STATE: a']],
      ['environments', [...forwardedLines, 'X-Data-Env: dev', 'X-Data-Env: dev']],
      ['users', ['Authorization: Bearer a', 'authorization: Bearer b']],
      ['users, one of them no Bearer', ['Authorization: Basic a', 'Authorization: Bearer b']],
    ])('with two %s get a 400', async (_, lines) => {
      const app = await start();
      for (const path of ['decorated', 'ambient']) {
        const { status, body } = await app.ask(lines, path);
        expect([status, body]).toEqual([
          400,
          expect.objectContaining({ error: 'INVALID_REQUEST' }),
        ]);
      }
      expect(base44.requests).toHaveLength(0);
    });

    it('with similar names are ignored', async () => {
      const app = await start();
      const lines = ['__proto__: a', 'constructor: b', 'get: c', 'hasOwnProperty: d', 'raw: e'];
      await expect(app.ask(lines)).resolves.toEqual({ status: 200, body: { token: 'token' } });
      expect(sent('authorization')).toBe('Bearer of-the-options');
    });

    it('beside a password of HTTP Basic are served without it', async () => {
      const app = await start();
      const lines = ['Authorization: Basic dXNlcjpwYXNz'];
      await expect(app.ask(lines)).resolves.toEqual({ status: 200, body: { token: 'token' } });
      expect(sent('on-behalf-of')).toBeUndefined();
    });
  });
});

describe('The option request', () => {
  const required =
    'appUserToken is required without base44Headers: true or base44Cookie: true: a function that returns';
  const own = { base44Headers: true };

  it.each<[unknown, string]>([
    ...['x', 1, true, []].map((request): [unknown, string] => [
      request,
      'request must be an object that says what to read from requests',
    ]),
    [{}, `request.${required}`],
    [{ base44Headers: false }, `request.${required}`],
    [{ base44Headers: 'yes', appUserToken: () => '' }, 'request.base44Headers must be a boolean'],
    [{ ...own, base44Header: true }, 'request.base44Header is not an option of this module'],
    [{ ...own, appUserToken: 'x' }, 'request.appUserToken must be a function that takes the'],
    [{ ...own, trustedServerUrls: 'https://a.test' }, 'request.trustedServerUrls must be a list'],
    ...['', 'a.test', 'http://a.test', 'https://u:p@a.test', 'https://a.test?b', 42, null].map(
      (url): [unknown, string] => [
        { ...own, trustedServerUrls: ['https://fine.test', url] },
        'request.trustedServerUrls must be a list of URLs: each must',
      ],
    ),
    ...['app2', [''], ['..'], ['a/b'], [42]].map((trustedAppIds): [unknown, string] => [
      { ...own, trustedAppIds },
      'request.trustedAppIds must be a list of app ids: each 1 to 128 letters',
    ]),
    [
      { appUserToken: () => '', trustedServerUrls: ['https://a.test'] },
      'request.trustedServerUrls has no effect without base44Headers: true',
    ],
    [
      { appUserToken: () => '', trustedAppIds: ['app2'] },
      'request.trustedAppIds has no effect without base44Headers: true',
    ],
  ])('fails startup when it is %j', async (request, sentence) => {
    const error = await catchError(() =>
      createConnectors({ serviceToken: 's', request: request as never }),
    );
    expect(error).toBeInstanceOf(ConnectorsConfigurationError);
    expect((error as ConnectorsConfigurationError).problems).toEqual([
      expect.stringMatching(new RegExp(`^${sentence.replaceAll('.', '\\.')}`)),
    ]);
  });

  it('names no remedy that does not exist', async () => {
    const request = { ...own, trustedServerUrls: ['http://a.test'] };
    const options = { serviceToken: 's', serverUrl: 'http://b.test', allowInsecureServerUrl: true };
    const error = await catchError(() => createConnectors({ ...options, request }));
    expect((error as Error).message).not.toContain('allowInsecureServerUrl');
  });

  it.each([undefined, null])('may be %p, which reads nothing from requests', async (request) => {
    const base44 = await startRecordingServer();
    const options = { serverUrl: base44.url, serviceToken: 's', request: request as never };
    const connectors = await createConnectors(options);
    await connectors.forRequest(forwarded()).getConnection('slack');
    expect(getHeader(base44.requests[0]!, 'authorization')).toBe('Bearer s');
  });

  it.each(['with', 'without'])(
    'fails startup beside an SDK client %s a service token',
    async (has) => {
      const role = has === 'with' ? { serviceToken: 's' } : {};
      const client = createClient({ appId: 'app1', ...role, analytics: { enabled: false } });
      closeAfterTest(() => {
        client.cleanup();
      });
      const error = await catchError(() => createConnectors({ client, request: own }));
      expect(error).toBeInstanceOf(ConnectorsConfigurationError);
      expect((error as ConnectorsConfigurationError).problems).toHaveLength(1);
    },
  );
});

/** Spellings of URLs, most of which name other servers. */
function spellings(base44: RecordingServer, strangers: readonly ByteSink[]): fc.Arbitrary<string> {
  const ports = [base44.port, ...strangers.map(({ port }) => port), 80, ''].map(String);
  const hosts = [
    ...['127.0.0.1', '127.0.0.2', '127.1', '0x7f.2', '2130706434', '0177.0.0.2', 'localhost'],
    ...['127.0.0.1.', '127.0.0.1.evil.test', '[::ffff:127.0.0.2]', '127。0。0。2', '①27.0.0.2'],
    ...['127.0.0.1%2e', '127.0.0.1%00', '127.0.0.1 ', '127.0.0.2\t', '127\t.0.0.1', ''],
  ];
  const noise = fc.constantFrom(
    '',
    '',
    '',
    ' ',
    '\t',
    '\\',
    '/',
    '//',
    '@',
    ':',
    '\r\n',
    '\0',
    '#',
  );
  const host = fc.tuple(fc.constantFrom(...hosts), noise).map((parts) => parts.join(''));
  const port = fc.constantFrom(...ports).map((each) => (each === '' ? '' : `:${each}`));
  const authority = fc.tuple(host, port).map((parts) => parts.join(''));
  const userInfo = fc.oneof(
    { weight: 3, arbitrary: fc.constant('') },
    {
      weight: 2,
      arbitrary: fc.tuple(authority, fc.constantFrom('@', '%40', '\\@', '/@', '#@', '?@')),
    },
  );
  return fc
    .tuple(
      noise,
      fc.constantFrom('http:', 'HTTP:', 'https:', 'http', 'ht\ttp:', 'ws:', ''),
      fc.constantFrom('//', '//', '//', '/', '\\\\', '/\\', '', '///'),
      userInfo.map((parts) => [parts].flat().join('')),
      authority,
      fc.constantFrom(
        '',
        '',
        '',
        '/',
        '//',
        '/..',
        '/.',
        '/api/..',
        '?',
        '#',
        ';',
        '/%2e%2e',
        '\\',
      ),
    )
    .map((parts) => parts.join(''));
}
