import { Controller, Get, type INestApplication, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  ConnectorsModule,
  type ConnectorsModuleOptions,
  type ConnectorsService,
  ConnectorToken,
} from 'nestjs-base44-connectors';
import {
  type Base44Emulator,
  type EmulatedAppUser,
  faults,
} from 'nestjs-base44-connectors/testing';
import { toOptions } from '../support/to-options.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { createConnectors } from '../support/create-connectors.js';
import { catchError } from '../support/async.js';
import { printFigure } from '../support/print-figure.js';
import { scaled } from '../support/scale.js';
import { describeBroker, DeployedBroker, deployedForAll, newSecret } from './broker.fixture.js';

const CALENDAR = { appUserConnector: 'cal1' };
const CRM = { workspaceConnector: 'crm1' };
const KEEPING: Partial<ConnectorsModuleOptions> = { cache: {} };
const MINUTE_MS = 60_000;
const TURNS = scaled(200, 20);

/** Creates an application outside Base44, with a broker instead of a service token. */
function toBrokerOptions(broker: DeployedBroker): ConnectorsModuleOptions {
  const { url, appId } = broker.base44;
  return { serverUrl: url, appId, broker: broker.options };
}

function throughBroker(
  broker: DeployedBroker,
  options: Partial<ConnectorsModuleOptions> = {},
): Promise<ConnectorsService> {
  return createConnectors({ ...toBrokerOptions(broker), ...options });
}

describeBroker('An application outside Base44, through the broker', (platform) => {
  const held = deployedForAll(platform);
  let base44: Base44Emulator;
  let ada: EmulatedAppUser;
  let connectors: ConnectorsService;

  beforeEach(async () => {
    base44 = held.broker.base44;
    ada = base44.addAppUser('ada');
    base44.connect('slack', { accessToken: 'xoxb-1', connectionConfig: { team: 'T1' } });
    base44.connect(CRM, { accessToken: 'crm-1' });
    base44.connect(CALENDAR, { accessToken: 'ya29-ada' }, ada);
    connectors = await throughBroker(held.broker);
  });

  it('gets the connection of an integration type', async () => {
    await expect(connectors.getConnection('slack')).resolves.toEqual({
      accessToken: 'xoxb-1',
      connectionConfig: { team: 'T1' },
    });
    await expect(connectors.getAccessToken('slack')).resolves.toEqual({
      access_token: 'xoxb-1',
      integration_type: 'slack',
      connection_config: { team: 'T1' },
    });
  });

  it('gets the connection of a workspace connector', async () => {
    const connection = { accessToken: 'crm-1', connectionConfig: null };
    await expect(connectors.getWorkspaceConnection('crm1')).resolves.toMatchObject(connection);
    await expect(connectors.getConnection(CRM)).resolves.toMatchObject(connection);
  });

  it('gets the connection of its user, with whose token the function acts', async () => {
    const { accessToken } = await connectors
      .asAppUser(ada.token)
      .getCurrentAppUserConnection('cal1');
    expect(accessToken).toBe('ya29-ada');
    expect(base44.requests[0]?.headers['on-behalf-of']).toBe(`Bearer ${ada.token}`);
  });

  it('gets no connection of another user', async () => {
    const grace = connectors.asAppUser(base44.addAppUser('grace').token);
    await expect(grace.getConnection(CALENDAR)).rejects.toMatchObject({
      code: 'CONNECTOR_NOT_CONNECTED',
    });
  });

  it('reaches Base44 with the service token, which it does not have itself', async () => {
    await connectors.getConnection('slack');
    expect(base44.requests.map(({ headers }) => headers.authorization)).toEqual([
      `Bearer ${base44.serviceToken}`,
    ]);
  });

  it('connects and disconnects an account directly at Base44, with the user token', async () => {
    const acting = connectors.asAppUser(ada.token);
    await acting.disconnectAppUser('cal1');
    await expect(acting.connectAppUser('cal1')).resolves.toContain('/consent/');
    expect(held.broker.host.requests).toEqual([]);
    expect(base44.requests.map(({ headers }) => headers.authorization)).toEqual([
      `Bearer ${ada.token}`,
      `Bearer ${ada.token}`,
    ]);
  });

  describe('calls the API of a metered connector', () => {
    it('and gets the whole response of the provider', async () => {
      const asked: unknown[] = [];
      base44.meter('openmeter', {
        creditsPerCall: 3,
        respond: (request) => {
          asked.push(request);
          return { status: 201, data: { id: 7 }, headers: { 'x-id': '7' } };
        },
      });
      const query = { q: ['ä', '"'] };
      const request = { method: 'POST', host: 'api.test', path: '/v1', query, body: { a: null } };
      await expect(connectors.callApi('openmeter', request as never)).resolves.toMatchObject({
        success: true,
        phase: 'responded',
        status: 201,
        data: { id: 7 },
        headers: { 'x-id': '7' },
        creditsCharged: 3,
      });
      expect(asked).toEqual([{ ...request, headers: {} }]);
    });

    it('byte for byte, when the response is a file', async () => {
      const file = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 256));
      const dataBase64 = file.toString('base64');
      base44.meter('openmeter', { respond: () => ({ dataBase64, contentType: 'image/png' }) });
      const answer = await connectors.callApi('openmeter', { path: '/file' });
      expect(answer).toMatchObject({ data: null, dataBase64, contentType: 'image/png' });
    });

    it.each([
      ['its refusal', { status: 404, data: { error: 'none' } }],
      ['its failure', { status: 503, data: 'down' }],
      ['its silence', { phase: 'timed_out' as const }],
      ['that nothing was sent', { phase: 'not_sent' as const }],
    ])('and gets the same outcome as without the broker: %s', async (_, answer) => {
      base44.meter('openmeter', { respond: () => answer });
      const direct = await createConnectors(toOptions(base44));
      const expected = await direct.callApi('openmeter', { path: '/' });
      await expect(connectors.callApi('openmeter', { path: '/' })).resolves.toEqual(expected);
      expect(expected.success).toBe(false);
    });
  });

  describe('caches a connection', () => {
    it('so it sends one request to the broker', async () => {
      connectors = await throughBroker(held.broker, KEEPING);
      for (let count = 0; count < 100; count += 1) await connectors.getConnection('slack');
      expect(held.broker.host.requests).toHaveLength(1);
    });

    it('for ten thousand concurrent callers', async () => {
      connectors = await throughBroker(held.broker, KEEPING);
      const callers = Array.from({ length: 10_000 }, () => connectors.getConnection('slack'));
      const tokens = new Set((await Promise.all(callers)).map(({ accessToken }) => accessToken));
      expect([...tokens]).toEqual(['xoxb-1']);
      expect(held.broker.host.requests).toHaveLength(1);
      printFigure('10,000 callers through the broker', '1 request');
    });

    it('until it is invalidated', async () => {
      connectors = await throughBroker(held.broker, KEEPING);
      await connectors.getConnection('slack');
      base44.connect('slack', { accessToken: 'xoxb-2' });
      await connectors.invalidate('slack');
      await expect(connectors.getConnection('slack')).resolves.toMatchObject({
        accessToken: 'xoxb-2',
      });
    });

    it('of each user only for that user', async () => {
      const grace = base44.addAppUser('grace');
      base44.connect(CALENDAR, { accessToken: 'ya29-grace' }, grace);
      connectors = await throughBroker(held.broker, KEEPING);
      const tokens: string[] = [];
      for (const { token } of [ada, grace, ada, grace]) {
        tokens.push((await connectors.asAppUser(token).getConnection(CALENDAR)).accessToken);
      }
      expect(tokens).toEqual(['ya29-ada', 'ya29-grace', 'ya29-ada', 'ya29-grace']);
      expect(held.broker.host.requests).toHaveLength(2);
    });
  });

  describe('gets the same errors as without the broker:', () => {
    const shared = (service: ConnectorsService) => service.getConnection('slack');
    const metered = (service: ConnectorsService) => service.callApi('openmeter', { path: '/' });
    const ofUser = (service: ConnectorsService) =>
      service.asAppUser(ada.token).getConnection(CALENDAR);
    const answering = (status: number, headers = {}) => {
      base44.fault({ respond: faults.status(status, { headers }), times: Infinity });
    };

    it.each<[string, () => void, (service: ConnectorsService) => Promise<unknown>, object]>([
      [
        'a connector that is not connected',
        () => undefined,
        (service) => service.getConnection('github'),
        { code: 'CONNECTOR_NOT_CONNECTED', status: 404 },
      ],
      [
        'a workspace connector that is not connected',
        () => {
          base44.disconnect(CRM);
        },
        (service) => service.getConnection(CRM),
        { code: 'CONNECTOR_NOT_CONNECTED' },
      ],
      [
        'a user who has not connected',
        () => {
          base44.disconnect(CALENDAR, ada);
        },
        ofUser,
        { code: 'CONNECTOR_NOT_CONNECTED' },
      ],
      [
        'a session that Base44 refuses',
        () => undefined,
        (service) => service.asAppUser('forged').getConnection(CALENDAR),
        { code: 'APP_USER_REQUIRED', status: 401 },
      ],
      ['no signed-in user', () => undefined, (service) => service.getConnection(CALENDAR), {}],
      [
        'a metered connector',
        () => {
          base44.meter('openmeter');
        },
        (service) => service.getConnection('openmeter'),
        { code: 'CONNECTOR_METERED', status: 403 },
      ],
      [
        'credits at their end',
        () => {
          base44.meter('openmeter');
          base44.credits = 0;
        },
        metered,
        { code: 'CREDITS_EXHAUSTED', status: 402 },
      ],
      [
        'too many requests',
        () => {
          answering(429, { 'Retry-After': '7' });
        },
        shared,
        { code: 'RATE_LIMITED', retryAfterMs: 7_000 },
      ],
      [
        'too many calls',
        () => {
          answering(429, { 'Retry-After': '7' });
        },
        metered,
        { code: 'RATE_LIMITED', retryAfterMs: 7_000 },
      ],
      [
        'an outage',
        () => {
          answering(503, { 'Retry-After': '9' });
        },
        shared,
        { code: 'BASE44_UNAVAILABLE', status: 503, retryAfterMs: 9_000 },
      ],
      [
        'a failure',
        () => {
          answering(500);
        },
        ofUser,
        { code: 'BASE44_UNAVAILABLE', status: 500 },
      ],
      [
        'a rejection of the service token',
        () => {
          answering(401);
        },
        shared,
        { code: 'SERVICE_ROLE_REJECTED', status: 401 },
      ],
      [
        'a user token where the service token belongs',
        () => {
          answering(403);
        },
        shared,
        { code: 'SERVICE_ROLE_REJECTED', status: 403 },
      ],
      [
        'a rejection of the request',
        () => {
          answering(422);
        },
        shared,
        { code: 'UNEXPECTED_RESPONSE', status: 422 },
      ],
    ])('%s', async (_, arrange, call, expected) => {
      arrange();
      closeAfterTest(() => (base44.credits = Infinity));
      const direct = await createConnectors(toOptions(base44));
      const toldDirectly = await catchError(call(direct));
      const told = await catchError(call(connectors));
      expect(told).toMatchObject(expected);
      expect(JSON.parse(JSON.stringify(told))).toEqual(JSON.parse(JSON.stringify(toldDirectly)));
      expect(told.constructor).toBe(toldDirectly.constructor);
    });

    it.each([
      ['an answer that is a page', faults.html()],
      ['an answer without a token', faults.status(200, { body: {} })],
      ['an answer whose token is none', faults.status(200, { body: { access_token: 42 } })],
      ['a connection that is cut', faults.reset()],
      ['a connection that is cut within the answer', faults.reset('within-body')],
      ['an unknown refusal', faults.status(418)],
    ])('%s', async (_, respond) => {
      base44.fault({ respond, times: Infinity });
      const direct = await createConnectors(toOptions(base44));
      const { code } = await catchError(shared(direct));
      await expect(shared(connectors)).rejects.toMatchObject({ code });
    });

    it('does not treat a web page as a missing connection', async () => {
      base44.fault({ respond: faults.html(404) });
      const { code } = await catchError(shared(connectors));
      expect(['UNEXPECTED_RESPONSE', 'BASE44_UNAVAILABLE']).toContain(code);
    });

    it('a rate limit with a date', async () => {
      answering(429, { 'Retry-After': new Date(Date.now() + MINUTE_MS).toUTCString() });
      const { retryAfterMs } = await catchError(shared(connectors));
      expect(retryAfterMs).toBeGreaterThan(MINUTE_MS / 2);
      expect(retryAfterMs).toBeLessThanOrEqual(MINUTE_MS);
    });

    it('a Base44 that does not respond', async () => {
      base44.fault({ respond: faults.hang() });
      const service = await throughBroker(held.broker, { resilience: { attemptTimeoutMs: 300 } });
      await expect(shared(service)).rejects.toMatchObject({ code: 'BASE44_UNAVAILABLE' });
    });
  });

  it('survives a short outage of Base44', async () => {
    base44.fault({ respond: faults.status(503), times: 2 });
    connectors = await throughBroker(held.broker, { resilience: { retries: 2 } });
    await expect(connectors.getConnection('slack')).resolves.toMatchObject({
      accessToken: 'xoxb-1',
    });
    expect(held.broker.host.requests).toHaveLength(3);
  });

  it('finds the function at its URL below the API of Base44 too', async () => {
    const { secret, host } = held.broker;
    connectors = await throughBroker(held.broker, { broker: { url: host.apiUrl, secret } });
    await connectors.getConnection('slack');
    expect(host.requests).toEqual([`/api/apps/${base44.appId}/functions/connectors-broker`]);
  });

  it('finds the function at a URL whose path names functions twice', async () => {
    const { secret, host } = held.broker;
    const url = `${host.origin}/functions/v2/functions/connectors-broker`;
    connectors = await throughBroker(held.broker, { broker: { url, secret } });
    await expect(connectors.getConnection('slack')).resolves.toMatchObject({
      accessToken: 'xoxb-1',
    });
  });

  it.each(['/', '/connectors-broker', '/functions/connectors-broker?x=1'])(
    'finds it when Base44 passes the URL %s to it',
    async (path) => {
      held.broker.host.pathSeen = () => path;
      await expect(connectors.getConnection('slack')).resolves.toMatchObject({
        accessToken: 'xoxb-1',
      });
    },
  );

  it('gets an error when its secret is wrong', async () => {
    const { url } = held.broker.options;
    connectors = await throughBroker(held.broker, { broker: { url, secret: newSecret() } });
    const error = await catchError(connectors.getConnection('slack'));
    expect(error).toMatchObject({ code: 'BROKER_SECRET_REJECTED', retryable: false, status: 401 });
    expect(error.message).toContain("value of the app's secret CONNECTORS_BROKER_SECRET");
    expect(base44.requests).toEqual([]);
  });

  it.each([
    ['gmail', 'gmail'],
    [{ workspaceConnector: 'hr1' }, 'workspaceConnector:hr1'],
    [{ appUserConnector: 'crm1' }, 'appUserConnector:crm1'],
  ])('gets an error when %j is not allowed', async (connector, name) => {
    const acting = connectors.asAppUser(ada.token);
    const error = await catchError(acting.getConnection(connector));
    expect(error).toMatchObject({ code: 'BROKER_CONNECTOR_NOT_ALLOWED', status: 403 });
    expect(error.message).toContain(`Add '${name}' to the app's secret CONNECTORS_BROKER_ALLOW`);
    expect(base44.requests).toEqual([]);
  });

  it('gets the same error for a metered call', async () => {
    await expect(connectors.callApi('gmail', { path: '/' })).rejects.toMatchObject({
      code: 'BROKER_CONNECTOR_NOT_ALLOWED',
    });
    expect(base44.requests).toEqual([]);
  });

  it('passes resolved tokens to its handlers', async () => {
    const app = await startApplication(held.broker);
    const url = await app.getUrl();
    const ask = (path: string, session: string) =>
      fetch(url + path, { headers: { 'x-session': session, connection: 'close' } });
    expect(await (await ask('/shared', ada.token)).text()).toBe('xoxb-1');
    expect(await (await ask('/own', ada.token)).text()).toBe('ya29-ada');
    expect((await ask('/own', 'forged')).status).toBe(401);
    const refused = await ask('/secret', ada.token);
    expect(refused.status).toBe(424);
    expect(await refused.json()).toMatchObject({ error: 'BROKER_CONNECTOR_NOT_ALLOWED' });
  });

  it('resolves uncached connections, with the broker and without', async () => {
    const direct = await createConnectors(toOptions(base44));
    const ways = { direct, broker: connectors };
    const took: Record<string, number[]> = { direct: [], broker: [] };
    for (let turn = 0; turn < TURNS + 20; turn += 1) {
      for (const [way, service] of Object.entries(ways)) {
        const beganAtMs = performance.now();
        await service.getConnection('slack', { fresh: true });
        if (turn >= 20) took[way]?.push(performance.now() - beganAtMs);
      }
    }
    const medians = Object.entries(took).map(([way, times]) => [way, median(times)] as const);
    for (const [way, ms] of medians)
      printFigure(`cold resolve, ${way}, ${platform.runtime}, median`, `${ms.toFixed(2)} ms`);
    const { direct: without = 0, broker = 0 } = Object.fromEntries(medians);
    printFigure('added by the broker per cold resolve', `${(broker - without).toFixed(2)} ms`);
    expect(held.broker.host.requests).toHaveLength(TURNS + 20);
  });
});

describeBroker('A broker without a secret', (platform) => {
  const held = deployedForAll({ ...platform, secrets: {} });

  it('serves nothing and says what is missing', async () => {
    const connectors = await throughBroker(held.broker);
    const error = await catchError(connectors.getConnection('slack'));
    expect(error).toMatchObject({ code: 'BROKER_MISCONFIGURED', retryable: false });
    expect(error.message).toContain("Set the app's secret CONNECTORS_BROKER_SECRET");
    expect(held.broker.base44.requests).toEqual([]);
  });
});

describeBroker('While its secret is being replaced, the broker', (platform) => {
  const previous = newSecret();
  const next = newSecret();
  const asking = async (broker: DeployedBroker, secret: string): Promise<unknown> => {
    const { url } = broker.options;
    const connectors = await throughBroker(broker, { broker: { url, secret } });
    return connectors.getConnection('slack');
  };

  it('accepts the old one and the new one, and then only the new one', async () => {
    const both = { CONNECTORS_BROKER_SECRET: next, CONNECTORS_BROKER_PREVIOUS_SECRET: previous };
    const [during, after] = await Promise.all(
      [both, { CONNECTORS_BROKER_SECRET: next }].map((secrets) =>
        DeployedBroker.start({ ...platform, secrets }),
      ),
    );
    for (const broker of [during!, after!]) {
      closeAfterTest(() => broker.close());
      broker.base44.connect('slack');
    }
    await expect(asking(during!, previous)).resolves.toBeDefined();
    await expect(asking(during!, next)).resolves.toBeDefined();
    await expect(asking(after!, next)).resolves.toBeDefined();
    await expect(asking(after!, previous)).rejects.toMatchObject({
      code: 'BROKER_SECRET_REJECTED',
    });
  });
});

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

async function startApplication(broker: DeployedBroker): Promise<INestApplication> {
  @Controller()
  class TokensController {
    @Get('shared')
    shared(@ConnectorToken('slack') token: string): string {
      return token;
    }

    @Get('own')
    own(@ConnectorToken(CALENDAR) token: string): string {
      return token;
    }

    @Get('secret')
    secret(@ConnectorToken('gmail') token: string): string {
      return token;
    }
  }

  const appUserToken = ({ headers }: { headers?: object }): string | undefined =>
    (headers as Record<string, string> | undefined)?.['x-session'];

  @Module({
    imports: [ConnectorsModule.forRoot({ ...toBrokerOptions(broker), request: { appUserToken } })],
    controllers: [TokensController],
  })
  class AppModule {}

  const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
  const app = module.createNestApplication();
  await app.listen(0, '127.0.0.1');
  closeAfterTest(() => app.close());
  return app;
}
