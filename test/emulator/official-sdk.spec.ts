/* eslint-disable @typescript-eslint/no-deprecated -- the tests run every operation of the SDK */
import { createClient } from '@base44/sdk';
import { type Base44Emulator, faults } from 'nestjs-base44-connectors/testing';
import { catchError } from '../support/async.js';
import { emulatorForEachTest, silenceConsole } from './emulator.fixture.js';

type Client = ReturnType<typeof createClient>;

silenceConsole();

describe('the official SDK, newest', () => {
  const emulator = emulatorForEachTest();
  const clients: Client[] = [];

  function client(overrides: { token?: string; serviceToken?: string; appId?: string } = {}) {
    const base44 = emulator();
    const made = createClient({
      serverUrl: base44.url,
      appId: base44.appId,
      serviceToken: base44.serviceToken,
      analytics: { enabled: false },
      ...overrides,
    });
    clients.push(made);
    return made;
  }
  const service = (overrides = {}) => client(overrides).asServiceRole.connectors;
  const alice = () => emulator().addAppUser('alice');

  afterEach(() => {
    for (const made of clients.splice(0)) made.cleanup();
  });

  describe('gets the shared connections', () => {
    it('of an integration type', async () => {
      emulator().connect('slack', {
        accessToken: 'xoxb-1',
        connectionConfig: { subdomain: 'acme' },
      });

      await expect(service().getConnection('slack')).resolves.toEqual({
        accessToken: 'xoxb-1',
        connectionConfig: { subdomain: 'acme' },
      });
    });

    it('as a bare access token, which getAccessToken really returns', async () => {
      emulator().connect('slack', { accessToken: 'xoxb-1' });

      await expect(service().getAccessToken('slack')).resolves.toBe('xoxb-1');
    });

    it('with a configuration that is null', async () => {
      emulator().connect('slack', { accessToken: 'xoxb-1', connectionConfig: null });

      await expect(service().getConnection('slack')).resolves.toEqual({
        accessToken: 'xoxb-1',
        connectionConfig: null,
      });
    });

    it('of a workspace connector, without confusing it with an integration type', async () => {
      emulator().connect('abc', { accessToken: 'of-the-type' });
      emulator().connect({ workspaceConnector: 'abc' }, { accessToken: 'of-the-workspace' });

      await expect(service().getWorkspaceConnection('abc')).resolves.toEqual({
        accessToken: 'of-the-workspace',
        connectionConfig: null,
      });
    });

    it('until they are disconnected', async () => {
      emulator().connect('slack');
      emulator().disconnect('slack');

      await expect(catchError(service().getConnection('slack'))).resolves.toMatchObject({
        status: 404,
      });
    });
  });

  describe('gets the connection of the current app user', () => {
    it('with and without its configuration', async () => {
      const user = alice();
      emulator().connect({ appUserConnector: 'abc' }, { accessToken: 'of-alice' }, user);
      const connectors = service({ token: user.token });

      await expect(connectors.getCurrentAppUserAccessToken('abc')).resolves.toBe('of-alice');
      await expect(connectors.getCurrentAppUserConnection('abc')).resolves.toEqual({
        accessToken: 'of-alice',
        connectionConfig: null,
      });
    });

    it('and never that of another user', async () => {
      emulator().connect({ appUserConnector: 'abc' }, {}, alice());
      const bob = emulator().addAppUser('bob');

      await expect(
        catchError(service({ token: bob.token }).getCurrentAppUserConnection('abc')),
      ).resolves.toMatchObject({ status: 404, code: 'NOT_FOUND' });
    });

    it.each([
      ['there is no user', {}],
      ['the user is unknown', { token: 'of-nobody' }],
    ])('but is rejected when %s', async (_case, overrides) => {
      emulator().connect({ appUserConnector: 'abc' }, {}, alice());

      await expect(
        catchError(service(overrides).getCurrentAppUserConnection('abc')),
      ).resolves.toMatchObject({ status: 401, message: 'Unauthorized' });
    });
  });

  describe('calls a metered connector', () => {
    it('and gets the response of its provider', async () => {
      const respond = import.meta.jest.fn(() => ({
        status: 201,
        data: { id: '1' },
        headers: { 'x-rate-limit-remaining': '9' },
      }));
      emulator().meter('x', { respond, creditsPerCall: 3 });

      await expect(
        service().callApi('x', { method: 'POST', path: '/2/tweets', body: { text: 'hi' } }),
      ).resolves.toEqual({
        success: true,
        phase: 'responded',
        status: 201,
        data: { id: '1' },
        dataBase64: null,
        contentType: null,
        headers: { 'x-rate-limit-remaining': '9' },
        creditsCharged: 3,
      });
      expect(respond).toHaveBeenCalledWith({
        method: 'POST',
        path: '/2/tweets',
        query: {},
        headers: {},
        body: { text: 'hi' },
      });
    });

    it('and resolves with an error response of its provider', async () => {
      emulator().meter('x', { respond: () => ({ status: 404, data: { title: 'gone' } }) });

      await expect(service().callApi('x', { path: '/2/tweets/1' })).resolves.toMatchObject({
        success: false,
        phase: 'responded',
        status: 404,
        data: { title: 'gone' },
        creditsCharged: 1,
      });
    });

    it.each([
      ['not_sent', 0],
      ['timed_out', 1],
      ['sent_unconfirmed', 1],
    ] as const)('and learns that it was %s', async (phase, creditsCharged) => {
      emulator().meter('x', { respond: () => ({ phase }) });

      await expect(service().callApi('x', { path: '/2' })).resolves.toMatchObject({
        success: false,
        phase,
        status: null,
        creditsCharged,
      });
    });

    it('and gets a binary body in base64', async () => {
      emulator().meter('x', {
        respond: () => ({ dataBase64: 'iVBO', contentType: 'image/png' }),
      });

      await expect(service().callApi('x', { path: '/image' })).resolves.toMatchObject({
        data: null,
        dataBase64: 'iVBO',
        contentType: 'image/png',
      });
    });
  });

  describe('connects and disconnects app users', () => {
    it('through the consent page', async () => {
      const user = alice();
      const base44 = client({ token: user.token });
      emulator().presetConsent('abc', { accessToken: 'approved' });

      const page = await base44.connectors.connectAppUser('abc');
      await fetch(page, { method: 'POST' });

      await expect(
        base44.asServiceRole.connectors.getCurrentAppUserAccessToken('abc'),
      ).resolves.toBe('approved');
      await expect(base44.connectors.disconnectAppUser('abc')).resolves.toBeUndefined();
      await expect(
        catchError(base44.asServiceRole.connectors.getCurrentAppUserAccessToken('abc')),
      ).resolves.toMatchObject({ status: 404 });
    });

    it('but cannot connect a connector that is not registered', async () => {
      const { connectors } = client({ token: alice().token });

      await expect(catchError(connectors.connectAppUser('abc'))).resolves.toMatchObject({
        status: 404,
        code: 'NOT_FOUND',
        message: 'Connector authorization not configured',
      });
    });

    it('but cannot disconnect a connector that is not connected', async () => {
      const { connectors } = client({ token: alice().token });

      await expect(catchError(connectors.disconnectAppUser('abc'))).resolves.toMatchObject({
        status: 404,
        message: 'No active connection found for this connector',
      });
    });

    it('but not without a user', async () => {
      const { connectors } = client();

      for (const refused of [
        connectors.connectAppUser('abc'),
        connectors.disconnectAppUser('abc'),
      ]) {
        await expect(catchError(refused)).resolves.toMatchObject({ status: 401 });
      }
    });
  });

  describe('reports the errors of the API', () => {
    type Script = (base44: Base44Emulator) => unknown;
    type Act = () => Promise<unknown>;
    const getSlack: Act = () => service().getConnection('slack');
    const callX: Act = () => service().callApi('x', { path: '/2' });

    it.each<[string, Script, Act, object]>([
      [
        'a wrong service token',
        () => undefined,
        () => service({ serviceToken: 'wrong' }).getConnection('slack'),
        { status: 401, message: 'Unauthorized' },
      ],
      [
        "a user's token where the service token belongs",
        () => undefined,
        () => service({ serviceToken: alice().token }).getConnection('slack'),
        { status: 403, message: 'This endpoint is only accessible to service tokens' },
      ],
      [
        'a metered connector asked for its token',
        (base44) => {
          base44.meter('slack');
        },
        getSlack,
        { status: 403, code: 'metered_connector_requires_proxy' },
      ],
      [
        'not connected',
        () => undefined,
        getSlack,
        { status: 404, code: 'NOT_FOUND', message: 'Connector connection not found' },
      ],
      [
        'a metered connector that is not connected',
        () => undefined,
        callX,
        { status: 404, code: 'NOT_FOUND' },
      ],
      [
        'a metered call to a connector that is not metered',
        (base44) => base44.connect('x'),
        callX,
        { status: 404, code: 'NOT_FOUND' },
      ],
      [
        'no credits',
        (base44) => {
          base44.meter('x');
          base44.credits = 0;
        },
        callX,
        {
          status: 402,
          message: 'The workspace has reached its limit of integration credits',
          data: { extra_data: { reason: 'integration_credits_limit_reached' } },
        },
      ],
      [
        'another app',
        (base44) => base44.connect('slack'),
        () => service({ appId: 'another' }).getConnection('slack'),
        { status: 401, message: 'Unauthorized' },
      ],
      [
        'a malformed identifier',
        () => undefined,
        () => service().getConnection('sl ack'),
        {
          status: 422,
          data: { detail: [{ loc: ['path', 'connector'] }] },
        },
      ],
      [
        'a rate limit',
        (base44) => {
          base44.fault({ respond: faults.status(429, { headers: { 'Retry-After': '2' } }) });
        },
        getSlack,
        { status: 429, message: 'Injected fault: 429' },
      ],
    ])('%s', async (_case, script, act, expected) => {
      script(emulator());

      await expect(catchError(act())).resolves.toMatchObject(expected);
    });
  });

  it('sends its documented headers', async () => {
    const user = alice();
    emulator().connect('slack');

    await service({ token: user.token }).getConnection('slack');

    expect(emulator().requests).toMatchObject([
      {
        method: 'GET',
        path: `/api/apps/${emulator().appId}/external-auth/tokens/slack`,
        headers: {
          accept: 'application/json',
          'content-type': 'application/json',
          'x-app-id': emulator().appId,
          authorization: `Bearer ${emulator().serviceToken}`,
          'on-behalf-of': `Bearer ${user.token}`,
        },
      },
    ]);
  });

  it('reaches another route with an encoded slash, because the server decodes first', async () => {
    emulator().connect({ workspaceConnector: 'abc' }, { accessToken: 'escaped' });

    await expect(service().getConnection('connectors/abc')).resolves.toMatchObject({
      accessToken: 'escaped',
    });
  });
});
