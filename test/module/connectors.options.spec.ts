import { inspect } from 'node:util';
import { Test } from '@nestjs/testing';
import { createClient } from '@base44/sdk';
import {
  ConnectorsConfigurationError,
  ConnectorsModule,
  type ConnectorsModuleOptions,
} from 'nestjs-base44-connectors';

const MAX_TIMER_MS = 2 ** 31 - 1;
const SECRET = 'svc_0123456789abcdef';
const KEY = Buffer.alloc(32, 7).toString('base64');
const valid: ConnectorsModuleOptions = { appId: 'app1', serviceToken: SECRET };

/** Returns the problems that fail startup, or none. */
async function getProblems(options: unknown): Promise<readonly string[]> {
  const module = Test.createTestingModule({
    imports: [ConnectorsModule.forRootAsync({ useFactory: () => options as never })],
  });
  try {
    await (await module.compile()).close();
    return [];
  } catch (error) {
    if (error instanceof ConnectorsConfigurationError) return error.problems;
    throw error;
  }
}

describe('The options of ConnectorsModule', () => {
  it('may be only the two required ones', async () => {
    await expect(getProblems(valid)).resolves.toEqual([]);
  });

  it('may have an appId of 1 or 128 characters, and a serviceToken of 65,536', async () => {
    for (const appId of ['a', 'a'.repeat(128)]) {
      const serviceToken = 'a'.repeat(65_536);
      await expect(getProblems({ appId, serviceToken })).resolves.toEqual([]);
    }
  });

  it('may have undefined for each optional one', async () => {
    const options = {
      ...valid,
      serverUrl: undefined,
      allowInsecureServerUrl: undefined,
      client: undefined,
      useEnvironmentProxy: undefined,
      cache: undefined,
      resilience: undefined,
      verifyOnBootstrap: undefined,
    };
    await expect(getProblems(options)).resolves.toEqual([]);
  });

  it('may be null if they are optional', async () => {
    const options = { ...valid, client: null, broker: null, appUrl: null, cache: null };
    await expect(getProblems(options)).resolves.toEqual([]);
  });

  it('reject with one error that names every problem', async () => {
    const options = {
      serviceToken: '',
      serverUrl: 'http://base44.example',
      allowInsecureServerUrl: 'yes',
      useEnvironmentProxy: 1,
      cache: { ttlMs: 0, maxEntries: 1.5, ttl: 5 },
      resilience: { deadlineMs: 2 ** 31 },
      apiKey: 'x',
    };
    await expect(getProblems(options)).resolves.toEqual([
      'apiKey is not an option of this module',
      "appId must be the app's id from the URL of its Base44 editor: 1 to 128 letters, digits, '_' or '-'",
      "serviceToken must be a non-empty string without 'Bearer', spaces or line breaks, or a function that returns one",
      'serverUrl must begin with https://, or tokens cross the network unprotected; allowInsecureServerUrl: true permits that',
      'allowInsecureServerUrl must be a boolean value',
      'useEnvironmentProxy must be a boolean value',
      'cache.ttl is not an option of this module: did you mean ttlMs?',
      'cache.ttlMs must not be less than 1',
      'cache.maxEntries must be an integer number',
      'resilience.deadlineMs must not be greater than 600000',
    ]);
  });

  it.each([undefined, null, 'options', 42])(
    'reject when the factory returns %p',
    async (options) => {
      const module = Test.createTestingModule({
        imports: [ConnectorsModule.forRootAsync({ useFactory: () => options as never })],
      });
      await expect(module.compile()).rejects.toThrow(
        'ConnectorsModule received no options. Pass them to forRoot(), or return them from useFactory ' +
          'or createConnectorsOptions().',
      );
    },
  );

  it.each([
    [
      'appId',
      [undefined, null, '', '..', 'a/b', 'a%2eb', 'a.', 'a~', 'a\n', 'a'.repeat(129), 42, {}],
    ],
    ['serviceToken', ['', ' ', 'a b', 'a\r\nb', 'tökén', 42, {}, 'a'.repeat(65_537)]],
    [
      'serverUrl',
      [
        '',
        'base44.app',
        'ftp://base44.app',
        'http://10.0.0.1',
        'http://localhost.evil.example',
        'http://evil.localhost',
        'https://user@base44.app',
        'https://:pass@base44.app',
        'https://base44.app\\x',
        'https://base44.app/ x',
        'https://base44.app?x=1',
        'https://base44.app#x',
        'https://base44.app/api',
        'https://proxy.example/base44/',
        'http://localhost:3000/api',
        42,
        {},
      ],
    ],
    ['cache', [true, 1, 'off', []]],
    ['resilience', [true, 1, 'off', []]],
    ['verifyOnBootstrap', ['', 'on', 'Warn', 'error', true, false, 1, [], {}, ['warn']]],
    ['client', [42, 'client', {}, { asServiceRole: {} }, { asServiceRole: { connectors: {} } }]],
  ])('reject a wrong %s by its name', async (name, values) => {
    for (const value of values) {
      const options = {
        ...valid,
        ...(name === 'client' ? { serviceToken: undefined } : {}),
        [name]: value,
      };
      const problems = await getProblems(options);
      expect([value, problems]).toEqual([value, [expect.stringMatching(`^${name} `)]]);
    }
  });

  it.each<[object, string]>([
    [{ cache: 1 }, 'cache must be an object of settings, or false'],
    [{ resilience: true }, 'resilience must be an object of settings, or false'],
    [
      { resilience: { breaker: 'off' } },
      'resilience.breaker must be an object of settings, or false',
    ],
    [
      { request: { appUserToken: 'x' } },
      'request.appUserToken must be a function that takes the request and returns the token of the signed-in user',
    ],
    [
      { request: {} },
      'request.appUserToken is required without base44Headers: true or base44Cookie: true: a function that ' +
        'returns the token of the signed-in user',
    ],
    [
      { request: { base44Headers: true, trustedServerUrls: 'https://base44.app' } },
      'request.trustedServerUrls must be a list of URLs such as https://base44.app',
    ],
    [
      { request: { base44Headers: true, trustedAppIds: ['app1', '../app2'] } },
      "request.trustedAppIds must be a list of app ids: each 1 to 128 letters, digits, '_' or '-'",
    ],
    [{ request: 'all' }, 'request must be an object that says what to read from requests'],
    [
      { serviceToken: undefined, client: {} },
      'client must be an @base44/sdk client, or have asServiceRole.connectors like one',
    ],
    [
      {
        serviceToken: undefined,
        client: { getConnection: async () => null },
        request: { base44Headers: true },
      },
      'request cannot be combined with client, because a client acts for the user it was created for; ' +
        'configure serviceToken instead of client',
    ],
  ])('reject %j and say what it must be', async (options, problem) => {
    const module = Test.createTestingModule({
      imports: [ConnectorsModule.forRoot({ ...valid, ...options })],
    });
    await expect(module.compile()).rejects.toMatchObject({
      problems: [problem],
      message: expect.stringContaining(
        `ConnectorsModule has invalid options:\n- ${problem}`,
      ) as unknown,
    });
  });

  it('reject wrong nested settings by their path', async () => {
    const options = {
      ...valid,
      cache: { negativeTtlMs: -1, staleIfErrorMs: 1.5, store: { get: 1 }, storeDeadlineMs: 0 },
      resilience: { attemptTimeoutMs: 0, retries: 11, breaker: { failureThreshold: 0, after: 1 } },
    };
    await expect(getProblems(options)).resolves.toEqual([
      'cache.negativeTtlMs must not be less than 0',
      'cache.staleIfErrorMs must be an integer number',
      'cache.store must be a Keyv, or have its methods get, set and delete',
      'cache.encryptionKeys is required with store, because tokens are stored encrypted only',
      'cache.storeDeadlineMs must not be less than 1',
      'resilience.attemptTimeoutMs must not be less than 1',
      'resilience.retries must not be greater than 10',
      'resilience.breaker.after is not an option of this module',
      'resilience.breaker.failureThreshold must not be less than 1',
    ]);
  });

  it.each([
    ['cache.ttlMs', 1, MAX_TIMER_MS],
    ['cache.negativeTtlMs', 0, MAX_TIMER_MS],
    ['cache.staleIfErrorMs', 0, MAX_TIMER_MS],
    ['cache.maxEntries', 1, 10_000_000],
    ['cache.storeDeadlineMs', 1, 600_000],
    ['resilience.attemptTimeoutMs', 1, 600_000],
    ['resilience.deadlineMs', 1, 600_000],
    ['resilience.retries', 0, 10],
    ['resilience.breaker.failureThreshold', 1, 10_000_000],
    ['resilience.breaker.halfOpenAfterMs', 1, MAX_TIMER_MS],
  ])('may have a %s from %d to %d', async (path, min, max) => {
    const getProblemsOf = (value: number) => {
      const nested = path
        .split('.')
        .reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
      return getProblems({ ...valid, ...(nested as object) });
    };
    expect(await Promise.all([min, max, min - 1, max + 1].map(getProblemsOf))).toEqual([
      [],
      [],
      [`${path} must not be less than ${min}`],
      [`${path} must not be greater than ${max}`],
    ]);
  });

  it.each([
    ['base64', KEY],
    ['base64 without padding', KEY.slice(0, -1)],
    ['base64url', Buffer.alloc(32, 0xff).toString('base64url')],
  ])('may have encryption keys in %s', async (_, key) => {
    const store = new Map<string, string>();
    const cache = { store, encryptionKeys: [KEY, key] };
    await expect(getProblems({ ...valid, cache })).resolves.toEqual([]);
  });

  it.each([
    [[]],
    ['key'],
    [['short']],
    [[SECRET]],
    [[Buffer.alloc(31).toString('base64')]],
    [[42]],
    [[KEY, 'short']],
    [[`key:${KEY}`]],
    [[`${KEY}\n`]],
    [[`${KEY} ${KEY}`]],
  ])('reject the encryption keys %p without repeating them', async (encryptionKeys) => {
    const store = new Map<string, string>();
    const problems = await getProblems({ ...valid, cache: { store, encryptionKeys } });
    expect(problems).toEqual([
      'cache.encryptionKeys must be a list of keys of 32 random bytes in base64, as openssl rand -base64 32 prints them',
    ]);
  });

  it('reject a store that lacks a method', async () => {
    const cache = { store: { get: () => undefined, set: () => true }, encryptionKeys: [KEY] };
    await expect(getProblems({ ...valid, cache })).resolves.toEqual([
      'cache.store must be a Keyv, or have its methods get, set and delete',
    ]);
  });

  it.each([
    [
      { lease: {} },
      'must come from createRedisLease(client), or have its methods acquire and release',
    ],
    [
      { lease: { acquire: () => true, release: () => true } },
      'requires store, because the holder of the lease shares its connection there; configure both',
    ],
  ])('reject the lease of %p', async (cache, problem) => {
    await expect(getProblems({ ...valid, cache })).resolves.toEqual([`cache.lease ${problem}`]);
  });

  it('name the place of options that belong elsewhere', async () => {
    await expect(getProblems({ ...valid, isGlobal: false, name: 'crm' })).resolves.toEqual([
      'isGlobal belongs next to useFactory, not in the options that useFactory returns',
      'name belongs next to useFactory, not in the options that useFactory returns',
    ]);
  });

  it.each([
    [{ serverURL: 'https://base44.app' }, 'serverURL', 'serverUrl'],
    [{ appid: 'app1' }, 'appid', 'appId'],
    [{ verifyOnBootstap: 'fail' }, 'verifyOnBootstap', 'verifyOnBootstrap'],
    [{ isglobal: true }, 'isglobal', 'isGlobal'],
    [{ resilence: {} }, 'resilence', 'resilience'],
    [{ base44Headers: true }, 'base44Headers', 'request.base44Headers'],
    [{ ttlMS: 1 }, 'ttlMS', 'cache.ttlMs'],
    [{ failureTreshold: 1 }, 'failureTreshold', 'resilience.breaker.failureThreshold'],
  ])('suggest the name that %j resembles', async (misspelt, name, similar) => {
    await expect(getProblems({ ...valid, ...misspelt })).resolves.toEqual([
      `${name} is not an option of this module: did you mean ${similar}?`,
    ]);
  });

  it.each([
    [{ request: { base44Header: true } }, 'request.base44Header', 'base44Headers'],
    [{ resilience: { deadline: 1 } }, 'resilience.deadline', 'deadlineMs'],
    [
      { resilience: { breaker: { failuresThreshold: 1 } } },
      'resilience.breaker.failuresThreshold',
      'failureThreshold',
    ],
  ])('suggest the nested name that %j resembles', async (misspelt, path, similar) => {
    await expect(getProblems({ ...valid, ...misspelt })).resolves.toContain(
      `${path} is not an option of this module: did you mean ${similar}?`,
    );
  });

  it('suggest no name that resembles nothing', async () => {
    await expect(getProblems({ ...valid, apiKey: 'x' })).resolves.toEqual([
      'apiKey is not an option of this module',
    ]);
  });

  it.each([
    [{ isGlobl: false }, 'isGlobl is not an option of this module: did you mean isGlobal?'],
    [
      { exceptionFilters: false },
      'exceptionFilters is not an option of this module: did you mean exceptionFilter?',
    ],
    [{ injects: [] }, 'injects is not an option of this module: did you mean inject?'],
    [
      { serverUrl: 'https://base44.app' },
      'serverUrl belongs in the options that useFactory returns, not next to it',
    ],
    [{ isGlobal: 'no' }, 'isGlobal must be a boolean value'],
    [{ name: '' }, "name must be a string such as 'crm'"],
    [
      { exceptionFilter: 1 },
      'exceptionFilter must be true, false, or an object such as { hideServerErrors: true }',
    ],
    [
      { exceptionFilter: { hideServerErrors: 1 } },
      'exceptionFilter.hideServerErrors must be a boolean value',
    ],
    [
      { exceptionFilter: { findCauses: 'yes' } },
      'exceptionFilter.findCauses must be a boolean value',
    ],
    [
      { exceptionFilter: { hideServerError: true } },
      'exceptionFilter.hideServerError is not an option of this module: did you mean hideServerErrors?',
    ],
    [{ extraProviders: {} }, 'extraProviders must be a list of providers'],
    [{ appUserRoutes: true }, 'appUserRoutes must be an object such as { path, guards }'],
  ])('next to useFactory are validated too: %j', async (settings, problem) => {
    const options = { useFactory: () => ({ ...valid, apiKey: 'x' }), ...settings };
    const connectors = ConnectorsModule.forRootAsync(options as never);
    await expect(
      Test.createTestingModule({ imports: [connectors] }).compile(),
    ).rejects.toMatchObject({ problems: [problem, 'apiKey is not an option of this module'] });
  });

  it.each([
    [undefined, 'useFactory is required: a function that returns the options'],
    [{}, 'useFactory is required: a function that returns the options'],
    [{ useFactory: valid }, 'useFactory is required: a function that returns the options'],
    [{ useClass: Test }, 'useClass must be a class with a method createConnectorsOptions()'],
  ])('need a factory: %j', async (options, problem) => {
    const connectors = ConnectorsModule.forRootAsync(options as never);
    await expect(
      Test.createTestingModule({ imports: [connectors] }).compile(),
    ).rejects.toMatchObject({ code: 'CONFIGURATION', problems: [problem] });
  });

  it('are missing when the class is imported without them', async () => {
    await expect(
      Test.createTestingModule({ imports: [ConnectorsModule] }).compile(),
    ).rejects.toThrow('ConnectorsModule received no options. Pass them to forRoot()');
  });

  it('may turn off the cache, retries and the breaker', async () => {
    await expect(getProblems({ ...valid, cache: false, resilience: false })).resolves.toEqual([]);
    await expect(getProblems({ ...valid, resilience: { breaker: false } })).resolves.toEqual([]);
  });

  it.each([
    'https://base44.app/',
    'https://base44.app//',
    'http://localhost:3000',
    'http://127.0.0.1:3000',
    'http://127.100.200.255:3000',
    'http://[::1]:3000',
  ])('accept the URL %s', async (serverUrl) => {
    await expect(getProblems({ ...valid, serverUrl })).resolves.toEqual([]);
  });

  it('name the URL without the path', async () => {
    await expect(
      getProblems({ ...valid, serverUrl: 'https://base44.app/api/apps/1' }),
    ).resolves.toEqual([
      'serverUrl must have no path, because the paths of the API are appended: https://base44.app',
    ]);
    const insecure = { serverUrl: 'http://base44.example/api', allowInsecureServerUrl: true };
    await expect(getProblems({ ...valid, ...insecure })).resolves.toEqual([
      'serverUrl must have no path, because the paths of the API are appended: http://base44.example',
    ]);
  });

  it.each(['serverUrl', 'appUrl'])(
    'accept plain http in %s with allowInsecureServerUrl only',
    async (name) => {
      const options = { ...valid, [name]: 'http://base44.example' };
      await expect(getProblems({ ...options, allowInsecureServerUrl: true })).resolves.toEqual([]);
      for (const allowInsecureServerUrl of [false, undefined]) {
        await expect(getProblems({ ...options, allowInsecureServerUrl })).resolves.toEqual([
          expect.stringContaining(`${name} must begin with https://`),
        ]);
      }
    },
  );

  it.each([
    ['base44.example', 'serverUrl must be an absolute URL such as https://api.example.com'],
    ['http://ada@base44.example', 'serverUrl must not contain a user name or password'],
    ['ftp://base44.example', 'serverUrl must begin with https://'],
  ])('reject the URL %s with allowInsecureServerUrl too', async (serverUrl, problem) => {
    const options = { ...valid, serverUrl };
    await expect(getProblems(options)).resolves.toEqual([problem]);
    await expect(getProblems({ ...options, allowInsecureServerUrl: true })).resolves.toEqual([
      problem,
    ]);
  });

  it('require a credential of the service role', async () => {
    await expect(getProblems({ appId: 'app1' })).resolves.toEqual([
      "serviceToken is required: the app's service token, or a function that returns it. Configure one of " +
        'these instead: broker, if the application runs outside of Base44; request: { base44Headers: true }, ' +
        'if Base44 forwards its requests; client, if it has an @base44/sdk client with a service token',
    ]);
  });

  it.each(['off', 'warn', 'fail'] as const)(
    "accept verifyOnBootstrap: '%s'",
    async (verifyOnBootstrap) => {
      await expect(getProblems({ ...valid, verifyOnBootstrap })).resolves.toEqual([]);
    },
  );

  it('name the valid values of verifyOnBootstrap', async () => {
    await expect(getProblems({ ...valid, verifyOnBootstrap: true })).resolves.toEqual([
      "verifyOnBootstrap must be 'off', 'warn' or 'fail'",
    ]);
  });

  it('reject verifyOnBootstrap when only requests carry a service token', async () => {
    const hosted = { appId: 'app1', request: { base44Headers: true } };
    for (const verifyOnBootstrap of ['warn', 'fail']) {
      await expect(getProblems({ ...hosted, verifyOnBootstrap })).resolves.toEqual([
        'verifyOnBootstrap needs serviceToken, broker or client, because no request carries a service token at startup',
      ]);
    }
    await expect(getProblems({ ...hosted, verifyOnBootstrap: 'off' })).resolves.toEqual([]);
  });

  it('accept verifyOnBootstrap with a service token, a broker or a client', async () => {
    const broker = {
      url: 'https://app1.example/functions/connectors-broker',
      secret: 'x'.repeat(32),
    };
    const client = { getConnection: () => Promise.reject(new Error('not expected')) };
    const request = { base44Headers: true };
    for (const way of [{ serviceToken: SECRET, request }, { broker }, { client }]) {
      const options = { appId: 'app1', verifyOnBootstrap: 'fail', ...way };
      await expect(getProblems(options)).resolves.toEqual([]);
    }
  });

  it('accept a client instead of a service token, but not both', async () => {
    const client = createClient({
      appId: 'app1',
      serviceToken: SECRET,
      analytics: { enabled: false },
    });
    await expect(getProblems({ appId: 'app1', client })).resolves.toEqual([]);
    await expect(
      getProblems({ appId: 'app1', client: client.asServiceRole.connectors }),
    ).resolves.toEqual([]);
    const older = { getAccessToken: () => 'token' };
    await expect(getProblems({ appId: 'app1', client: older })).resolves.toEqual([]);
    await expect(getProblems({ ...valid, client })).resolves.toEqual([
      'serviceToken cannot be combined with client: configure one of the two',
    ]);
    client.cleanup();
  });

  it('reject a client that was created without a service token', async () => {
    const client = createClient({ appId: 'app1', analytics: { enabled: false } });
    await expect(getProblems({ appId: 'app1', client })).resolves.toEqual([
      'client has no service role: create it with createClient({ appId, serviceToken })',
    ]);
    client.cleanup();
  });

  it('never appear in an error when they are secret', async () => {
    const options = {
      ...valid,
      serviceToken: `${SECRET} `,
      serverUrl: `https://${SECRET}@x.example`,
    };
    const module = Test.createTestingModule({ imports: [ConnectorsModule.forRoot(options)] });
    const error: unknown = await module.compile().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConnectorsConfigurationError);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(SECRET);
  });
});
