import {
  ConnectorsConfigurationError,
  type ConnectorFeature,
  ConnectorsModule,
} from 'nestjs-base44-connectors';

const INSECURE = 'must begin with https://, or tokens cross the network unprotected';
const URL_EXPECTED = 'must be an absolute URL such as https://api.example.com';
const ORIGINS_EXPECTED =
  'must be a list of origins such as https://uploads.github.com, without a path';
const OWN_DOMAIN =
  "must end its host with the provider's own domain, as in https://{subdomain}.example.com";
const IDENTIFIER = "must be 1 to 128 letters, digits, '_' or '-'";

/** Returns the error that `forFeature` throws at once, before startup. */
function getConfigurationError(features: unknown): ConnectorsConfigurationError {
  try {
    ConnectorsModule.forFeature(features as ConnectorFeature[]);
  } catch (error) {
    expect(error).toBeInstanceOf(ConnectorsConfigurationError);
    return error as ConnectorsConfigurationError;
  }
  throw new Error('it took them');
}

const getProblems = (...features: unknown[]): readonly string[] =>
  getConfigurationError(features).problems;

describe('ConnectorsModule.forFeature() throws at once for', () => {
  it.each<[string, unknown, string]>([
    ['no URL', 'api.acme.example', URL_EXPECTED],
    ['one without a host', 'https:///api.{tenant}/v1', URL_EXPECTED],
    ['an empty one', '', URL_EXPECTED],
    ['a path', '/v1', URL_EXPECTED],
    ['null', null, URL_EXPECTED],
    ['a number', 42, URL_EXPECTED],
    ['a URL object', new URL('https://api.acme.example'), URL_EXPECTED],
    ['plain http', 'http://api.acme.example', INSECURE],
    ['plain http to a private host', 'http://10.0.0.1/v1', INSECURE],
    ['plain http to what begins like loopback', 'http://127.0.0.1.evil.example', INSECURE],
    ['another scheme', 'ftp://api.acme.example', 'must begin with https://'],
    ['a user name', 'https://acme@evil.example', 'must not contain a user name or password'],
    ['a password', 'https://a:b@acme.example', 'must not contain a user name or password'],
    ['a query', 'https://api.acme.example?v=1', 'must not have a query, a fragment or spaces'],
    ['a host that the connection chooses', 'https://{domain}', OWN_DOMAIN],
    ['a host that it chooses, before a path', 'https://{domain}/api/v2', OWN_DOMAIN],
    ['a host that it chooses, and a port', 'https://{domain}:8443/api', OWN_DOMAIN],
    ['a domain that it chooses', 'https://api.{domain}', OWN_DOMAIN],
    ['a domain that it chooses, of a known TLD', 'https://{domain}.com', OWN_DOMAIN],
    ['a TLD that it chooses', 'https://acme.{tld}', OWN_DOMAIN],
    ['an odd label after it', 'https://{tenant}_.acme.example/v1', OWN_DOMAIN],
    ['a dot after its domain', 'https://{tenant}.acme.example./v1', OWN_DOMAIN],
    ['a dot at the end', 'https://{tenant}.acme.example.', OWN_DOMAIN],
    ['another URL after one slash', 'https:/acme.example/http://{tenant}', URL_EXPECTED],
    ['a domain that it makes longer', 'https://{tenant}acme.example/v1', OWN_DOMAIN],
    [
      'half a placeholder',
      'https://acme.example/{tenant',
      "must contain '{' and '}' only in placeholders such as {subdomain}",
    ],
  ])('a baseURL that is %s', (_, baseURL, problem) => {
    expect(getProblems({ connector: 'acme', baseURL })).toEqual([`'acme': baseURL ${problem}`]);
  });

  it.each<[string, unknown]>([
    ['no list', 'https://uploads.acme.example'],
    ['a path', ['https://uploads.acme.example/v1']],
    ['a URL in a path', ['https://uploads.acme.example/v1://files.acme.example']],
    ['a good one and a path', ['https://uploads.acme.example', 'https://files.acme.example/v1']],
    ['plain http', ['http://uploads.acme.example']],
    ['a user name', ['https://acme@uploads.example']],
    ['a host that the connection chooses', ['https://{domain}']],
    ['no URL', ['uploads.acme.example']],
    ['a number', [42]],
    ['null', null],
  ])('allowedOrigins that are %s', (_, allowedOrigins) => {
    const feature = { connector: 'acme', baseURL: 'https://api.acme.example', allowedOrigins };
    expect(getProblems(feature)).toEqual([`'acme': allowedOrigins ${ORIGINS_EXPECTED}`]);
  });

  it.each(['true', 1, null, {}])('retry: %p', (retry) => {
    expect(getProblems({ connector: 'acme', retry })).toEqual([
      "'acme': retry must be true or false",
    ]);
  });

  it.each(['slack', 1, null, {}])('client: %p', (client) => {
    expect(getProblems({ connector: 'slack', client })).toEqual([
      "'slack': client must be a function that creates a client: (fetch) => new WebClient(undefined, { fetch })",
    ]);
  });

  it.each(['caller', true, null])('clientIdentity: %p', (clientIdentity) => {
    expect(getProblems({ connector: 'slack', client: () => ({}), clientIdentity })).toEqual([
      "'slack': clientIdentity must be 'service-role' or 'per-call'",
    ]);
  });

  it('two clients of one connector', () => {
    const acme = { connector: 'acme', baseURL: 'https://api.acme.example' };
    const declare = (options = {}) => ({ ...acme, client: () => ({}), ...options });
    expect(getProblems(acme, declare(), declare({ instance: 'crm' }), declare())).toEqual([
      "'acme': client is declared twice in this list",
    ]);
  });

  it('clientIdentity without client', () => {
    expect(getProblems({ connector: 'slack', clientIdentity: 'per-call' })).toEqual([
      "'slack': clientIdentity needs client: (fetch) => …",
    ]);
  });

  it.each(['', 1, null, {}])('instance: %p', (instance) => {
    expect(getProblems({ connector: 'acme', instance })).toEqual([
      "'acme': instance must be the name of a ConnectorsModule instance",
    ]);
  });

  it('an unknown option', () => {
    expect(getProblems({ connector: 'acme', baseUrl: 'https://api.acme.example' })).toEqual([
      "'acme': baseUrl is not an option of forFeature(): did you mean baseURL?",
    ]);
  });

  it.each<[unknown, string]>([
    ['../secrets', `'../secrets': Integration type ${IDENTIFIER}`],
    [{ connector: 'a.' }, `'a.': Integration type ${IDENTIFIER}`],
    ['', "'': Integration type is required and must be a string"],
    [null, '[0]: Integration type is required and must be a string'],
    [undefined, '[0]: Integration type is required and must be a string'],
    [42, '[0]: Integration type is required and must be a string'],
    [{ connector: 42 }, '[0]: Integration type is required and must be a string'],
    [{ workspaceConnector: 'a/b' }, `workspaceConnector 'a/b': Connector ID ${IDENTIFIER}`],
    [{ appUserConnector: 42 }, '[0]: Connector ID is required and must be a string'],
    [{ connector: { appUserConnector: '' } }, '[0]: Connector ID is required and must be a string'],
  ])('the connector %p', (feature, problem) => {
    expect(getProblems(feature)).toEqual([problem]);
  });

  it('options beside an object that names a connector', () => {
    expect(getProblems({ workspaceConnector: 'x', baseURL: 'https://api.acme.example' })).toEqual([
      '[0]: Integration type is required and must be a string',
      '[0]: workspaceConnector belongs in connector: { connector: { workspaceConnector: … }, … }',
    ]);
  });

  it.each([undefined, null, 'slack', {}, { connector: 'slack' }])(
    '%p instead of a list',
    (features) => {
      expect(getConfigurationError(features).message).toBe(
        "ConnectorsModule.forFeature() takes a list: forFeature(['slack', { connector: 'zendesk', baseURL: … }]).",
      );
    },
  );

  it('several problems with one error', () => {
    const { message, problems, code } = getConfigurationError([
      'slack',
      { connector: 'acme', baseURL: 'http://acme.example', retry: 'yes', timeout: 5 },
      { connector: 'a b' },
      { connector: { workspaceConnector: '66f0c2a41d' }, allowedOrigins: ['https://x.example/y'] },
    ]);
    expect(code).toBe('CONFIGURATION');
    expect(problems).toEqual([
      "'acme': timeout is not an option of forFeature()",
      `'acme': baseURL ${INSECURE}`,
      "'acme': retry must be true or false",
      `'a b': Integration type ${IDENTIFIER}`,
      `workspaceConnector '66f0c2a41d': allowedOrigins ${ORIGINS_EXPECTED}`,
    ]);
    expect(message).toBe(
      [
        'ConnectorsModule.forFeature() cannot use these connectors:',
        ...problems.map((problem) => `- ${problem}`),
      ].join('\n'),
    );
  });
});

describe('ConnectorsModule.forFeature() accepts', () => {
  it.each([
    'https://api.acme.example/v1/',
    'https://{subdomain}.zendesk.com/api/v2',
    'https://{a}.{b}.acme.example:8443/{tenant}/v1',
    'https://{tenant}-api.acme.example',
    'http://localhost',
    'http://localhost:3000',
    'https://intranet:8443/v1',
    'http://[::1]:3000',
    'http://127.0.0.1:3000/v1',
    'http://[::1]/v1',
  ])('the baseURL %s', (baseURL) => {
    expect(() => ConnectorsModule.forFeature([{ connector: 'acme', baseURL }])).not.toThrow();
  });

  it.each(['service-role', 'per-call'] as const)('the clientIdentity %s', (clientIdentity) => {
    const feature = { connector: 'slack', client: () => ({}), clientIdentity };
    expect(() => ConnectorsModule.forFeature([feature])).not.toThrow();
  });

  it('a client beside another declaration of the connector', () => {
    const client = () => ({});
    for (const features of [
      ['slack', { connector: 'slack', client }],
      [{ connector: 'slack', client }, 'slack'],
      [
        { connector: 'slack', client },
        { connector: 'slack', client, instance: 'crm' },
      ],
    ]) {
      expect(() => ConnectorsModule.forFeature(features)).not.toThrow();
    }
  });

  it('undefined options', () => {
    const undefinedOptions = {
      baseURL: undefined,
      allowedOrigins: undefined,
      retry: undefined,
      instance: undefined,
    };
    expect(() =>
      ConnectorsModule.forFeature([{ connector: 'slack', ...undefinedOptions }]),
    ).not.toThrow();
  });

  it('origins with a port, with a placeholder and with a trailing slash', () => {
    const allowedOrigins = [
      'https://uploads.acme.example:8443',
      'https://{subdomain}.acme.example',
      'https://files.acme.example/',
    ];
    expect(() =>
      ConnectorsModule.forFeature([{ connector: 'acme', allowedOrigins }]),
    ).not.toThrow();
  });
});
