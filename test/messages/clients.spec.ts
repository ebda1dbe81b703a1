import type { ConnectorsService } from 'nestjs-base44-connectors';
import { catchError } from '../support/async.js';
import { createConnectors } from '../support/create-connectors.js';

const METERED = 'metered_connector_requires_proxy';

const create = (client: object): Promise<ConnectorsService> => createConnectors({ client });

/** Returns the error of a connection when the client of the options fails. */
const askFailing = async (failure: unknown) => {
  const getConnection = () => Promise.resolve().then(() => rethrow(failure));
  return catchError((await create({ getConnection })).getConnection('slack'));
};

function rethrow(failure: unknown): never {
  throw failure;
}

const withCode = (code: unknown): Error => Object.assign(new Error('a secret'), { code });

const isUnavailable = (reason: string, isSent = true): object => ({
  code: 'BASE44_UNAVAILABLE',
  retryable: true,
  isSent,
  message: `Base44 is unavailable: ${reason}. Try again later.`,
});

const cannotBeUsed = (reason: string): object => ({
  code: 'UNEXPECTED_RESPONSE',
  message:
    `The response for connector 'slack' cannot be used: ${reason}. ` +
    'Check that the configured URL points to Base44 itself, or to the broker.',
});

describe('A fault of the network, in the client of the options,', () => {
  it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])(
    'means that nothing was sent: %s',
    async (code) => {
      await expect(askFailing(withCode(code))).resolves.toMatchObject(
        isUnavailable(`no connection to serverUrl (${code})`, false),
      );
    },
  );

  it.each([
    ...['EPIPE', 'ECONNRESET', 'EABCDEFGHIJKLMNO', 'EPROTOTYPE', 'ERR_EPROTO', 'E1A'],
    ...['CRL_HAS_EXPIRED', 'EAI_FAIL', 'UND_ERR_SOCKET', 'ERR_BAD_RESPONSES', 'ERR_HPE_X'],
    ...['ERR_FR_TOO_MANY_REDIRECTS_X', 'ERR_UNABLE_TO_X', 'ERR_Z_X', 'ERR_ERR_BAD_RESPONSE'],
    ...[
      'DEPTH_ZERO_12',
      `ERR_${'X'.repeat(48)}`,
      'SELF_SIGNED_X1',
      'ERR_X_ERR_FR_TOO_MANY_REDIRECTS',
    ],
  ])('is named by its code: %s', async (code) => {
    await expect(askFailing(withCode(code))).resolves.toMatchObject(
      isUnavailable(`no connection to serverUrl (${code})`),
    );
  });

  it.each([
    ...[
      42,
      undefined,
      ['EPIPE'],
      '',
      'E',
      'EX',
      'EABCDEFGHIJKLMNOP',
      'Epipe',
      ' EPIPE',
      'EPIPE ',
      'X_EPIPE',
    ],
    ...['ERR_', 'ERR_X', `ERR_${'X'.repeat(49)}`, 'ERR_secret', 'MY_ERR_SOCKET', 'ERR_SOCKET!'],
  ])('is unknown, because a server may send the code %j', async (code) => {
    await expect(askFailing(withCode(code))).resolves.toMatchObject(
      isUnavailable('no connection to serverUrl (unknown fault)'),
    );
  });

  it.each([
    ...['CERT_HAS_EXPIRED', 'UNABLE_TO_GET_ISSUER_CERT', 'ERR_TLS_X1', 'ERR_SSL_X1', 'EPROTO'],
    ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_DECODE_KEY'],
  ])('concerns the certificate: %s', async (code) => {
    await expect(askFailing(withCode(code))).resolves.toMatchObject({
      code: 'BASE44_UNAVAILABLE',
      retryable: false,
      isSent: false,
      message:
        `Base44 is unavailable: the TLS connection is not trusted (${code}). ` +
        'Check the configured URL and the certificates that this process trusts.',
    });
  });

  it.each([
    ...['HPE_INVALID_CONSTANT', 'Z_DATA_ERROR', 'ERR_BAD_RESPONSE', 'ERR_FR_TOO_MANY_REDIRECTS'],
  ])('concerns the response: %s', async (code) => {
    const reason = 'it is not a readable HTTP response, or it exceeds the size limit';
    await expect(askFailing(withCode(code))).resolves.toMatchObject(
      cannotBeUsed(`${reason} (${code})`),
    );
  });

  it('is an outage when a response ends within its body', async () => {
    const failure = Object.assign(new Error('stream has been aborted'), {
      code: 'ERR_BAD_RESPONSE',
    });
    await expect(askFailing(failure)).resolves.toMatchObject(
      isUnavailable('the connection ended within the response body'),
    );
  });
});

describe('An error of a client of @base44/sdk', () => {
  it.each([undefined, null, 'a text', 42])('is unknown when it is %j', async (failure) => {
    await expect(askFailing(failure)).resolves.toMatchObject(
      isUnavailable('no connection to serverUrl (unknown fault)'),
    );
  });

  it('is a response that it cannot read, unless fetch could not send the request', async () => {
    await expect(askFailing(new TypeError('x'))).resolves.toMatchObject(
      cannotBeUsed('the client cannot read it'),
    );
    const cause = withCode('ECONNRESET');
    await expect(askFailing(new TypeError('x', { cause }))).resolves.toMatchObject({
      code: 'BASE44_UNAVAILABLE',
    });
    await expect(askFailing(new Error('x'))).resolves.toMatchObject({ code: 'BASE44_UNAVAILABLE' });
  });

  const originalError = { code: 'EPIPE' };
  it.each<[string, object, object]>([
    [
      'the fault of the network below it',
      { status: 200, code: 'ERR_BAD_RESPONSE', originalError },
      isUnavailable('no connection to serverUrl (EPIPE)'),
    ],
    [
      'the fault of the network below it',
      { status: 299, originalError },
      isUnavailable('no connection to serverUrl (EPIPE)'),
    ],
    [
      'an unknown fault, because its code is that of the body',
      { status: 200, code: 'EPIPE' },
      isUnavailable('no connection to serverUrl (unknown fault)'),
    ],
    [
      'an unknown fault, because its status is none',
      { status: '404', code: 'EPIPE' },
      isUnavailable('no connection to serverUrl (unknown fault)'),
    ],
    ['its status', { status: 199, originalError }, cannotBeUsed('its status is 199')],
    [
      'its status',
      { status: 300, originalError },
      cannotBeUsed('it is a redirect, which is not followed'),
    ],
    ['a web page', { status: 404, data: '<html>' }, cannotBeUsed('its status is 404')],
    ['a missing connection', { status: 404, data: {} }, { code: 'CONNECTOR_NOT_CONNECTED' }],
    ['its code', { status: 403, code: METERED }, { code: 'CONNECTOR_METERED' }],
    [
      'its headers',
      { status: 429, originalError: { response: { headers: { 'retry-after': '2' } } } },
      { code: 'RATE_LIMITED', retryAfterMs: 2000 },
    ],
    ['no headers', { status: 429, originalError: { response: {} } }, { code: 'RATE_LIMITED' }],
    ['no response', { status: 429, originalError: {} }, { code: 'RATE_LIMITED' }],
  ])('is classified by %s: %j', async (_, failure, expected) => {
    await expect(askFailing(failure)).resolves.toMatchObject(expected);
  });
});

describe('A client of the options', () => {
  const singleUser = {
    code: 'CONFIGURATION',
    message:
      'The client in the options of ConnectorsModule acts for one fixed user, so it cannot act ' +
      "for the app's users. Configure serviceToken in place of client.",
  };

  it.each<[string, (connectors: ConnectorsService) => Promise<unknown>]>([
    ['getWorkspaceConnection', (connectors) => connectors.getWorkspaceConnection('w1')],
    ['callApi', (connectors) => connectors.callApi('slack', { path: '/' })],
    [
      'getCurrentAppUserConnection',
      (connectors) => connectors.asAppUser('ada').getCurrentAppUserConnection('cal1'),
    ],
  ])('that lacks %s() is reported with the remedy', async (name, call) => {
    const connectors = await create({ getConnection: async () => null, isMultiUser: true });
    await expect(catchError(call(connectors))).resolves.toMatchObject({
      code: 'CONFIGURATION',
      message: `The client in the options of ConnectorsModule has no ${name}(). Use a newer version of @base44/sdk.`,
    });
  });

  it('that acts for one user gets no connection of another user', async () => {
    const getCurrentAppUserConnection = async () => ({ accessToken: 'token' });
    const connectors = await create({
      getConnection: async () => null,
      getCurrentAppUserConnection,
    });
    const ada = connectors.asAppUser('ada');
    for (const call of [
      ada.getCurrentAppUserConnection('cal1'),
      ada.connectAppUser('cal1'),
      ada.disconnectAppUser('cal1'),
    ]) {
      await expect(catchError(call)).resolves.toMatchObject(singleUser);
    }
  });

  it('that acts for every user receives the token of the user', async () => {
    const tokens: string[] = [];
    const connectors = await create({
      isMultiUser: true,
      getConnection: async () => null,
      getCurrentAppUserConnection: async (_id: string, token: string) => {
        tokens.push(token);
        return { accessToken: 'token', connectionConfig: null };
      },
    });
    await connectors.asAppUser('ada').getCurrentAppUserConnection('cal1');
    expect(tokens).toEqual(['ada']);
  });

  it.each([['token'], [{ access_token: 'token', connection_config: { team: 'T1' } }]])(
    'that has only getAccessToken() may resolve with %j',
    async (response) => {
      const connectors = await create({ getAccessToken: async () => response });
      await expect(connectors.getConnection('slack')).resolves.toEqual({
        accessToken: 'token',
        connectionConfig: typeof response === 'string' ? null : { team: 'T1' },
      });
    },
  );
});
