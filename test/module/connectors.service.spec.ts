import { Test, type TestingModule } from '@nestjs/testing';
import {
  Base44UnavailableError,
  ConnectorNotConnectedError,
  ConnectorsModule,
  type ConnectorsModuleOptions,
  ConnectorsService,
  InvalidRequestError,
  ServiceRoleRejectedError,
  ServiceRoleRequiredError,
} from 'nestjs-base44-connectors';
import { Base44Emulator, faults } from 'nestjs-base44-connectors/testing';
import { sleep } from '../support/async.js';
import { toOptions } from '../support/to-options.js';

describe('ConnectorsService', () => {
  let base44: Base44Emulator;
  let module: TestingModule;
  let connectors: ConnectorsService;

  const boot = async (options: Partial<ConnectorsModuleOptions> = {}): Promise<void> => {
    module = await Test.createTestingModule({
      imports: [ConnectorsModule.forRoot({ ...toOptions(base44), ...options })],
    }).compile();
    connectors = module.get(ConnectorsService);
  };

  beforeEach(async () => {
    base44 = await Base44Emulator.start();
    base44.connect('slack', { accessToken: 'xoxb-1' });
    base44.connect('snowflake', { accessToken: 'sf-1', connectionConfig: { subdomain: 'acme' } });
    base44.connect({ workspaceConnector: 'ws1' }, { accessToken: 'ws-token' });
    await boot();
  });

  afterEach(async () => {
    await module.close();
    await base44.close();
  });

  it('returns an access token in the shape of the API', async () => {
    await expect(connectors.getAccessToken('snowflake')).resolves.toEqual({
      access_token: 'sf-1',
      integration_type: 'snowflake',
      connection_config: { subdomain: 'acme' },
    });
  });

  it('returns an access token that throws when code written for the SDK uses it as a string', async () => {
    const response = await connectors.getAccessToken('slack');
    expect(() => `Bearer ${response as unknown as string}`).toThrow(InvalidRequestError);
    expect(() => new Headers({ Authorization: response as unknown as string })).toThrow(
      'The response of getAccessToken() is an object, and not a string as in @base44/sdk. ' +
        'Use its access_token, or the accessToken of getConnection().',
    );
    expect(JSON.parse(JSON.stringify(response))).toEqual({ ...response });
  });

  it('returns a connection, with a configuration of null when the API omits it', async () => {
    await expect(connectors.getConnection('slack')).resolves.toEqual({
      accessToken: 'xoxb-1',
      connectionConfig: null,
    });
  });

  it('returns the connection of a workspace connector, by either method', async () => {
    const connection = { accessToken: 'ws-token', connectionConfig: null };
    await expect(connectors.getWorkspaceConnection('ws1')).resolves.toEqual(connection);
    await expect(connectors.getConnection({ workspaceConnector: 'ws1' })).resolves.toEqual(
      connection,
    );
  });

  it('distinguishes an integration type from a workspace connector of the same name', async () => {
    base44.connect({ workspaceConnector: 'slack' }, { accessToken: 'ws-slack' });
    await expect(connectors.getConnection('slack')).resolves.toMatchObject({
      accessToken: 'xoxb-1',
    });
    await expect(connectors.getWorkspaceConnection('slack')).resolves.toMatchObject({
      accessToken: 'ws-slack',
    });
  });

  it.each(['_', '-', '_crm-', '__proto__', 'constructor', 'a'.repeat(128)])(
    'accepts the identifier %s, as the Base44 CLI does',
    async (id) => {
      base44.connect(id, { accessToken: 'xoxb-type' });
      base44.connect({ workspaceConnector: id }, { accessToken: 'xoxb-workspace' });
      await expect(connectors.getAccessToken(id)).resolves.toEqual({
        access_token: 'xoxb-type',
        integration_type: id,
        connection_config: null,
      });
      await expect(connectors.getWorkspaceConnection(id)).resolves.toMatchObject({
        accessToken: 'xoxb-workspace',
      });
    },
  );

  it('returns frozen connections', async () => {
    const connection = await connectors.getConnection('snowflake');
    expect(Object.isFrozen(connection)).toBe(true);
    expect(Object.isFrozen(connection.connectionConfig)).toBe(true);
  });

  describe('caches a connection', () => {
    it('until its time to live is over', async () => {
      await module.close();
      await boot({ cache: { ttlMs: 30 } });
      await connectors.getConnection('slack');
      await connectors.getAccessToken('slack');
      expect(base44.requests).toHaveLength(1);
      await sleep(60);
      await connectors.getConnection('slack');
      expect(base44.requests).toHaveLength(2);
    });

    it('until it is invalidated', async () => {
      await connectors.getConnection('slack');
      await connectors.getConnection('snowflake');
      base44.connect('slack', { accessToken: 'xoxb-2' });
      await connectors.invalidate('slack');
      await expect(connectors.getConnection('slack')).resolves.toMatchObject({
        accessToken: 'xoxb-2',
      });
      await connectors.getConnection('snowflake');
      expect(base44.requests).toHaveLength(3);
    });

    it('until all are invalidated', async () => {
      await connectors.getConnection('slack');
      await connectors.getConnection('snowflake');
      await connectors.invalidate();
      await connectors.getConnection('slack');
      await connectors.getConnection('snowflake');
      expect(base44.requests).toHaveLength(4);
    });

    it('unless the caller wants a fresh one, which is then cached', async () => {
      await connectors.getConnection('slack');
      base44.connect('slack', { accessToken: 'xoxb-2' });
      await expect(connectors.getConnection('slack', { fresh: true })).resolves.toMatchObject({
        accessToken: 'xoxb-2',
      });
      await expect(connectors.getConnection('slack')).resolves.toMatchObject({
        accessToken: 'xoxb-2',
      });
      expect(base44.requests).toHaveLength(2);
    });

    it('not at all with cache: false', async () => {
      await module.close();
      await boot({ cache: false });
      await connectors.getConnection('slack');
      await connectors.getConnection('slack');
      expect(base44.requests).toHaveLength(2);
    });

    it('only while there is room for it', async () => {
      await module.close();
      await boot({ cache: { maxEntries: 1 } });
      await connectors.getConnection('slack');
      await connectors.getConnection('snowflake');
      await connectors.getConnection('slack');
      expect(base44.requests).toHaveLength(3);
    });

    it('but no failure and no absence, with negativeTtlMs: 0', async () => {
      await module.close();
      await boot({ cache: { negativeTtlMs: 0 } });
      await expect(connectors.getConnection('notion')).rejects.toThrow(ConnectorNotConnectedError);
      base44.connect('notion', { accessToken: 'ntn-1' });
      await expect(connectors.getConnection('notion')).resolves.toMatchObject({
        accessToken: 'ntn-1',
      });
    });
  });

  describe('acts as the service role', () => {
    it('with a token from a function, which it calls for each request', async () => {
      await module.close();
      await boot({ serviceToken: async () => Promise.resolve(base44.serviceToken), cache: false });
      await connectors.getConnection('slack');
      base44.rotateServiceToken();
      await expect(connectors.getConnection('slack')).resolves.toMatchObject({
        accessToken: 'xoxb-1',
      });
    });

    it.each([
      [
        'throws',
        () => {
          throw new TypeError('vault said: svc_secret');
        },
      ],
      ['returns nothing', () => undefined as never],
      ['returns a token that cannot be sent', () => 'a\r\nb'],
    ])('and rejects before it sends a request when the function %s', async (_, serviceToken) => {
      await module.close();
      await boot({ serviceToken });
      const failure = connectors.getConnection('slack');
      await expect(failure).rejects.toThrow(ServiceRoleRequiredError);
      await expect(failure).rejects.not.toThrow('svc_secret');
      expect(base44.requests).toHaveLength(0);
    });

    it('and rejects when Base44 rejects the token', async () => {
      base44.rotateServiceToken();
      await expect(connectors.getConnection('slack')).rejects.toThrow(ServiceRoleRejectedError);
    });
  });

  describe('waits for Base44', () => {
    it('no longer than the deadline', async () => {
      await module.close();
      await boot({ resilience: { deadlineMs: 50 } });
      base44.fault({ respond: faults.hang() });
      await expect(connectors.getConnection('slack')).rejects.toThrow(
        new Base44UnavailableError({ connector: 'slack' }, 'no response within 50 ms').message,
      );
    });

    it('no longer than the signal of the caller', async () => {
      base44.fault({ respond: faults.hang() });
      const caller = new AbortController();
      const waiting = connectors.getConnection('slack', { signal: caller.signal });
      const reason = new Error('the visitor left');
      caller.abort(reason);
      await expect(waiting).rejects.toBe(reason);
    });

    it('not at all when the signal is already aborted', async () => {
      await expect(
        connectors.getConnection('slack', { signal: AbortSignal.abort() }),
      ).rejects.toThrow('aborted');
      expect(base44.requests).toHaveLength(0);
    });
  });

  describe('calls the API of a metered connector', () => {
    beforeEach(() => {
      base44.meter('x', { respond: ({ path }) => ({ status: 200, data: { path } }) });
    });

    it('and returns its response', async () => {
      const response = await connectors.callApi<{ path: string }>('x', { path: '/2/tweets' });
      expect(response).toMatchObject({
        success: true,
        phase: 'responded',
        status: 200,
        creditsCharged: 1,
      });
      expect(response.data?.path).toBe('/2/tweets');
    });

    it.each([
      [undefined, 'Request is required and must be an object'],
      ['/2/tweets', 'Request is required and must be an object'],
      [{}, 'Request path is required and must be a string'],
      [{ path: 42 }, 'Request path is required and must be a string'],
      [
        { path: '/', method: 'get' },
        'Request method must be one of GET, POST, PUT, PATCH, DELETE, or HEAD',
      ],
      [{ path: '/', body: 1n }, 'Request must contain only values that JSON can represent'],
    ])('and rejects the request %p before it sends anything', async (request, message) => {
      const failure = connectors.callApi('x', request as never);
      await expect(failure).rejects.toThrow(InvalidRequestError);
      await expect(failure).rejects.toThrow(message);
      expect(base44.requests).toHaveLength(0);
    });
  });
});
