/* eslint-disable @typescript-eslint/no-deprecated -- applications that migrate call the deprecated method */
import { Test } from '@nestjs/testing';
import {
  AppUserRequiredError,
  ConnectorNotConnectedError,
  ConnectorsModule,
  type ConnectorsModuleOptions,
  ConnectorsService,
  InvalidConnectorError,
  InvalidRequestError,
  ServiceRoleClient,
  ServiceRoleRequiredError,
} from 'nestjs-base44-connectors';
import { Base44Emulator, type EmulatedAppUser, faults } from 'nestjs-base44-connectors/testing';
import { createGate, waitFor } from '../support/async.js';
import { toOptions } from '../support/to-options.js';
import { closeAfterTest } from '../support/close-after-test.js';

const CALENDAR = { appUserConnector: 'cal1' };

describe('ConnectorsService for an app user', () => {
  let base44: Base44Emulator;
  let ada: EmulatedAppUser;
  let grace: EmulatedAppUser;
  let connectors: ConnectorsService;

  const boot = async (options: Partial<ConnectorsModuleOptions> = {}): Promise<void> => {
    const module = await Test.createTestingModule({
      imports: [ConnectorsModule.forRoot({ ...toOptions(base44), ...options })],
    }).compile();
    closeAfterTest(() => module.close());
    connectors = module.get(ConnectorsService);
  };

  const as = (user: EmulatedAppUser): ConnectorsService => connectors.asAppUser(user.token);

  const approve = async (url: string): Promise<void> => {
    expect((await fetch(url, { method: 'POST' })).status).toBe(200);
  };

  beforeEach(async () => {
    base44 = await Base44Emulator.start();
    closeAfterTest(() => base44.close());
    ada = base44.addAppUser('ada');
    grace = base44.addAppUser('grace');
    base44.connect(CALENDAR, { accessToken: 'ya29-ada', connectionConfig: { tz: 'UTC' } }, ada);
    await boot();
  });

  it('returns the connection of that user, by either name', async () => {
    const connection = { accessToken: 'ya29-ada', connectionConfig: { tz: 'UTC' } };
    await expect(as(ada).getCurrentAppUserConnection('cal1')).resolves.toEqual(connection);
    await expect(as(ada).getConnection(CALENDAR)).resolves.toEqual(connection);
    expect(base44.requests).toHaveLength(1);
  });

  it('returns its token in the shape of getAccessToken(), to code that used the SDK', async () => {
    const response = {
      access_token: 'ya29-ada',
      integration_type: 'cal1',
      connection_config: { tz: 'UTC' },
    };
    await expect(as(ada).getCurrentAppUserAccessToken('cal1')).resolves.toEqual(response);
    await connectors.runAs({ userToken: ada.token }, async () => {
      await expect(connectors.getCurrentAppUserAccessToken('cal1')).resolves.toEqual(response);
    });
    await expect(as(grace).getCurrentAppUserAccessToken('cal1')).rejects.toBeInstanceOf(
      ConnectorNotConnectedError,
    );
    expect(base44.requests).toHaveLength(2);
  });

  it('does not serve it to another user', async () => {
    await as(ada).getConnection(CALENDAR);
    const error = as(grace).getConnection(CALENDAR);
    await expect(error).rejects.toBeInstanceOf(ConnectorNotConnectedError);
    await expect(error).rejects.toThrow(
      "The user has not connected 'cal1' in app 64b0c0ffee0000000000ba44. " +
        'Send the user to the URL that connectAppUser() returns.',
    );
  });

  it('sends the user token, for connections of the app too', async () => {
    base44.connect('slack', { accessToken: 'xoxb-1' });
    await as(ada).getConnection('slack');
    expect(base44.requests[0]?.headers['on-behalf-of']).toBe(`Bearer ${ada.token}`);
  });

  it('sends nothing to Base44 when no user is signed in', async () => {
    for (const anonymous of [connectors, connectors.asAppUser('')]) {
      const error = anonymous.getConnection(CALENDAR);
      await expect(error).rejects.toBeInstanceOf(AppUserRequiredError);
      await expect(error).rejects.toThrow("Connector 'cal1' requires a signed-in user");
      await expect(anonymous.getCurrentAppUserAccessToken('cal1')).rejects.toBeInstanceOf(
        AppUserRequiredError,
      );
      await expect(anonymous.connectAppUser('cal1')).rejects.toBeInstanceOf(AppUserRequiredError);
      await expect(anonymous.disconnectAppUser('cal1')).rejects.toBeInstanceOf(
        AppUserRequiredError,
      );
    }
    expect(base44.requests).toHaveLength(0);
  });

  it('calls no client of the application when no user is signed in', async () => {
    const calls: string[] = [];
    const client = {
      connectAppUser: () => calls.push('connect'),
      disconnectAppUser: () => calls.push('disconnect'),
    };
    const module = await Test.createTestingModule({
      imports: [ConnectorsModule.forRoot(toOptions(base44))],
    })
      .overrideProvider(ServiceRoleClient)
      .useValue(client)
      .compile();
    closeAfterTest(() => module.close());
    const anonymous = module.get(ConnectorsService);
    const message = "Connector 'cal1' requires a signed-in user";
    await expect(anonymous.connectAppUser('cal1')).rejects.toThrow(message);
    await expect(anonymous.disconnectAppUser('cal1')).rejects.toThrow(message);
    expect(calls).toEqual([]);
  });

  it.each(['..', 'a/b', '', 'a b'])('rejects the id %j before it sends a request', async (id) => {
    for (const call of [
      as(ada).getConnection({ appUserConnector: id }),
      as(ada).getCurrentAppUserConnection(id),
      as(ada).getCurrentAppUserAccessToken(id),
      as(ada).connectAppUser(id),
      as(ada).disconnectAppUser(id),
    ]) {
      await expect(call).rejects.toBeInstanceOf(InvalidConnectorError);
    }
    expect(base44.requests).toHaveLength(0);
  });

  it.each(['a b', 'a\r\nb', 'Bearer x', 7, {}])('rejects the user token %j', async (token) => {
    const service = connectors.asAppUser(token as string);
    await expect(service.getConnection(CALENDAR)).rejects.toBeInstanceOf(InvalidRequestError);
    expect(base44.requests).toHaveLength(0);
  });

  it('rejects with an error of its own when Base44 does not accept the session', async () => {
    const error = connectors.asAppUser('forged').getConnection(CALENDAR);
    await expect(error).rejects.toMatchObject({ code: 'APP_USER_REQUIRED', status: 401 });
    await expect(connectors.asAppUser('forged').connectAppUser('cal1')).rejects.toMatchObject({
      code: 'APP_USER_REQUIRED',
      status: 401,
    });
  });

  it('calls a serviceToken function again before it rejects the session', async () => {
    const tokens = ['expired', base44.serviceToken];
    await boot({ serviceToken: () => tokens.shift() ?? base44.serviceToken });
    await expect(as(ada).getConnection(CALENDAR)).resolves.toMatchObject({
      accessToken: 'ya29-ada',
    });
  });

  describe('connects an account', () => {
    it('on the page that it returns, and has it as soon as the user has approved', async () => {
      base44.presetConsent('cal1', { accessToken: 'ya29-grace' });
      const url = await as(grace).connectAppUser('cal1');
      await expect(as(grace).getConnection(CALENDAR)).rejects.toBeInstanceOf(
        ConnectorNotConnectedError,
      );
      await approve(url);
      await expect(as(grace).getConnection(CALENDAR)).resolves.toMatchObject({
        accessToken: 'ya29-grace',
      });
    });

    it('and evicts the cached one', async () => {
      await as(ada).getConnection(CALENDAR);
      base44.presetConsent('cal1', { accessToken: 'ya29-other' });
      await approve(await as(ada).connectAppUser('cal1'));
      await expect(as(ada).getConnection(CALENDAR)).resolves.toMatchObject({
        accessToken: 'ya29-other',
      });
    });

    it('with only the token of the user', async () => {
      await as(grace).connectAppUser('cal1');
      const [request] = base44.requests;
      expect(request?.headers.authorization).toBe(`Bearer ${grace.token}`);
      expect(request?.headers['on-behalf-of']).toBeUndefined();
      expect(JSON.stringify(request)).not.toContain(base44.serviceToken);
    });

    it.each([
      ['no URL', {}],
      ['a script', { redirect_url: 'javascript:alert(1)' }],
      ['a list', { redirect_url: ['https://example.com/'] }],
      ['https without a host', { redirect_url: 'https://' }],
      ['a space at its end', { redirect_url: 'https://example.com/ ' }],
      ['a space at its start', { redirect_url: ' https://example.com/' }],
      ['8,193 characters', { redirect_url: 'https://example.com/'.padEnd(8_193, 'x') }],
      ['a path', { redirect_url: '/consent' }],
      ['plain http elsewhere', { redirect_url: 'http://example.com/' }],
      ['a line break', { redirect_url: 'https://example.com/\r\nSet-Cookie: a=b' }],
    ])('but rejects when Base44 responds with %s', async (_, body) => {
      base44.fault({ respond: faults.status(200, { body }) });
      await expect(as(grace).connectAppUser('cal1')).rejects.toMatchObject({
        code: 'UNEXPECTED_RESPONSE',
      });
    });

    it('and gets a URL of 8,192 characters', async () => {
      const redirect_url = 'https://example.com/'.padEnd(8_192, 'x');
      base44.fault({ respond: faults.status(200, { body: { redirect_url } }) });
      await expect(as(grace).connectAppUser('cal1')).resolves.toBe(redirect_url);
    });

    it('with one request, also when the outcome of that request is unknown', async () => {
      base44.fault({ respond: faults.status(503) });
      await expect(as(grace).connectAppUser('cal1')).rejects.toMatchObject({
        code: 'BASE44_UNAVAILABLE',
      });
      expect(base44.requests).toHaveLength(1);
    });
  });

  describe('disconnects an account', () => {
    it('and evicts it', async () => {
      await as(ada).getConnection(CALENDAR);
      await as(ada).disconnectAppUser('cal1');
      await expect(as(ada).getConnection(CALENDAR)).rejects.toBeInstanceOf(
        ConnectorNotConnectedError,
      );
    });

    it('and evicts it for the service roles of other requests too', async () => {
      await boot({ serviceToken: undefined, request: { base44Headers: true } });
      const request = (): object => ({
        headers: {
          authorization: `Bearer ${ada.token}`,
          'base44-service-authorization': `Bearer ${base44.serviceToken}`,
          'base44-app-id': base44.appId,
        },
      });
      const earlier = connectors.forRequest(request());
      await earlier.getConnection(CALENDAR);
      base44.rotateServiceToken();
      await connectors.forRequest(request()).disconnectAppUser('cal1');
      await expect(earlier.getConnection(CALENDAR)).rejects.toMatchObject({ status: 401 });
    });

    it('but not when a web page responds in place of Base44', async () => {
      base44.fault({ respond: faults.html() });
      await expect(as(ada).disconnectAppUser('cal1')).rejects.toMatchObject({
        code: 'UNEXPECTED_RESPONSE',
      });
    });

    it('and rejects when there is none', async () => {
      await expect(as(grace).disconnectAppUser('cal1')).rejects.toBeInstanceOf(
        ConnectorNotConnectedError,
      );
    });

    it('also when the response was lost and the second attempt finds none', async () => {
      const { token } = ada;
      base44.fault({
        respond: (request, response, next) => {
          base44.disconnect(CALENDAR, ada);
          return faults.status(503)(request, response, next);
        },
      });
      await expect(connectors.asAppUser(token).disconnectAppUser('cal1')).resolves.toBeUndefined();
      expect(base44.requests).toHaveLength(2);
    });
  });

  it('invalidates the cached connections of that user, and of no other user', async () => {
    base44.connect(CALENDAR, { accessToken: 'ya29-grace' }, grace);
    for (const user of [ada, grace]) await as(user).getConnection(CALENDAR);
    await as(ada).invalidate(CALENDAR);
    for (const user of [ada, grace]) await as(user).getConnection(CALENDAR);
    expect(base44.requests.map(({ headers }) => headers['on-behalf-of'])).toEqual(
      [ada, grace, ada].map(({ token }) => `Bearer ${token}`),
    );
  });

  it('keeps connectors of all kinds with the same name apart', async () => {
    base44.connect('cal1', { accessToken: 'of-type' });
    base44.connect({ workspaceConnector: 'cal1' }, { accessToken: 'of-workspace' });
    const cases = [
      [CALENDAR, 'ya29-ada'],
      ['cal1', 'of-type'],
      [{ workspaceConnector: 'cal1' }, 'of-workspace'],
    ] as const;
    for (const [connector, accessToken] of cases) {
      await expect(as(ada).getConnection(connector)).resolves.toMatchObject({ accessToken });
    }
    expect(base44.requests).toHaveLength(3);
  });

  it('invalidates the requests in flight of every service role of the user', async () => {
    await boot({ serviceToken: undefined, request: { base44Headers: true } });
    const request = (): object => ({
      headers: {
        authorization: `Bearer ${ada.token}`,
        'base44-service-authorization': `Bearer ${base44.serviceToken}`,
        'base44-app-id': base44.appId,
      },
    });
    const earlier = connectors.forRequest(request());
    const gate = createGate();
    const body = { access_token: 'old', integration_type: 'slack', connection_config: null };
    base44.fault({
      respond: async (...given) => {
        await gate.opened;
        await faults.status(200, { body })(...given);
      },
    });
    const held = earlier.getConnection(CALENDAR);
    await waitFor(() => base44.requests.length === 1);
    base44.rotateServiceToken();
    const later = connectors.forRequest(request());
    // A request that ends must not hide the other one.
    await later.getConnection(CALENDAR);
    await later.invalidate(CALENDAR);
    gate.open();
    await held;
    await expect(earlier.getConnection(CALENDAR)).rejects.toMatchObject({ status: 401 });
  });

  it('invalidates the cached connections of all users', async () => {
    await as(ada).getConnection(CALENDAR);
    await connectors.invalidate();
    await as(ada).getConnection(CALENDAR);
    expect(base44.requests).toHaveLength(2);
  });

  it('has no service token outside requests when only requests carry it', async () => {
    await boot({ serviceToken: undefined, request: { base44Headers: true } });
    await expect(connectors.getConnection('slack')).rejects.toBeInstanceOf(
      ServiceRoleRequiredError,
    );
    expect(base44.requests).toHaveLength(0);
  });
});
