import { createHash } from 'node:crypto';
import type { DynamicModule } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import fc from 'fast-check';
import {
  ConnectorsModule,
  type ConnectorsModuleOptions,
  ConnectorsService,
  getConnectorsToken,
  InvalidConnectorError,
  ServiceRoleClient,
} from 'nestjs-base44-connectors';
import { Base44Emulator, type EmulatedAppUser, faults } from 'nestjs-base44-connectors/testing';
import { toOptions } from '../support/to-options.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { createConnectors } from '../support/create-connectors.js';
import { printFigure } from '../support/print-figure.js';
import { catchError } from '../support/async.js';
import { scaled } from '../support/scale.js';
import { describeWithRedis } from '../support/redis-server.js';
import { SharedStoreFixture } from '../shared-store/shared-store.fixture.js';
import {
  type GetService,
  Crowd,
  createSteps,
  toName,
  type Owner,
  OwnersClient,
  OwnersServer,
} from './isolation.fixture.js';

const trustedAppIds = ['app1', 'app2'];
const resilience = { retries: 0, breaker: false } as const;

/** Creates the headers of a request that Base44 forwards. */
function toHeaders({ app, service, user, dataEnv }: Owner): Record<string, string> {
  return {
    'base44-service-authorization': `Bearer ${service}`,
    'base44-app-id': app,
    ...(user === '' ? {} : { authorization: `Bearer ${user}` }),
    ...(dataEnv === undefined ? {} : { 'x-data-env': dataEnv }),
  };
}

const forRequests =
  (...services: ConnectorsService[]): GetService =>
  (owner) =>
    services[owner.user.length % services.length]!.forRequest({ headers: toHeaders(owner) });

async function expectIsolation(
  name: string,
  crowd: Crowd,
  steps: ReturnType<typeof createSteps>,
  owners: { readonly requests: number },
): Promise<void> {
  const beganAtMs = performance.now();
  await crowd.run(steps);
  const { violations, resolves, given, failed, aborted } = crowd;
  const tookMs = Math.round(performance.now() - beganAtMs);
  printFigure(
    `isolation, ${name}`,
    `${resolves} resolves, ${given} given, ${failed} failed, ${aborted} aborted, ` +
      `${owners.requests} requests, ${violations.length} violations, ${tookMs} ms`,
  );
  expect(violations).toEqual([]);
  expect(given).toBeGreaterThan(resolves / 2);
}

const APPS = ['app0', 'app1', 'app2'];

describe('Among many users of 3 apps with 20 connectors', () => {
  const ALL = { apps: 3, users: scaled(1_000, 60), connectors: 20 };
  let client: OwnersClient;

  beforeEach(() => {
    client = new OwnersClient();
  });

  const compileModule = async (imports: DynamicModule[]): Promise<TestingModule> => {
    const building = Test.createTestingModule({ imports });
    const module = await building.overrideProvider(ServiceRoleClient).useValue(client).compile();
    closeAfterTest(() => module.close());
    return module;
  };

  it('each gets only its own token when one application serves all', async () => {
    const request = { base44Headers: true, trustedAppIds };
    const module = await compileModule([
      ConnectorsModule.forRoot({ appId: 'app0', request, resilience }),
    ]);
    const crowd = new Crowd(forRequests(module.get(ConnectorsService)), 1);
    const steps = createSteps(ALL, [undefined, undefined, 'dev', 'prod']);
    await expectIsolation('one application', crowd, steps, client);
  });

  it('each gets only its own token when each app has an instance', async () => {
    const module = await compileModule(APPS.map((appId) => createInstance(appId)));
    const steps = createSteps({ ...ALL, connectors: 2 });
    const crowd = new Crowd(forInstances(module), 2);
    await expectIsolation('three instances', crowd, steps, client);
  });
});

describe('Among many users over sockets', () => {
  let owners: OwnersServer;

  beforeEach(async () => {
    owners = await OwnersServer.start();
    owners.faultsPerCent = 5;
  });

  it('each gets only its own token when one application serves all', async () => {
    const request = { base44Headers: true, trustedAppIds };
    const options = { appId: 'app0', serverUrl: owners.url, request, cache: {} };
    const crowd = new Crowd(forRequests(await createConnectors(options)), 3);
    const steps = createSteps({ apps: 3, users: 10, connectors: 20 }, [undefined, 'dev']);
    await expectIsolation('one application, sockets', crowd, steps, owners);
  });

  it('each gets only its own token when each app has an instance', async () => {
    const module = await Test.createTestingModule({
      imports: APPS.map((appId) => createInstance(appId, owners.url)),
    }).compile();
    closeAfterTest(() => module.close());
    const crowd = new Crowd(forInstances(module), 4);
    const steps = createSteps({ apps: 3, users: 10, connectors: 20 });
    await expectIsolation('three instances, sockets', crowd, steps, owners);
  });
});

const createInstance = (appId: string, serverUrl?: string): DynamicModule =>
  ConnectorsModule.forRoot({
    name: appId,
    appId,
    serverUrl,
    serviceToken: `service-of-${appId}`,
    resilience,
  });

const forInstances = (module: TestingModule): GetService => {
  const instances = new Map(
    APPS.map((app) => [app, module.get<ConnectorsService>(getConnectorsToken(app))]),
  );
  return ({ app, user }) => instances.get(app)!.asAppUser(user);
};

describeWithRedis('Among many users whose connections are in a shared store', () => {
  let fixture: SharedStoreFixture;

  beforeEach(async () => {
    fixture = await SharedStoreFixture.start();
    closeAfterTest(() => fixture.close());
  });

  it('each gets only its own token from every process', async () => {
    const owners = await OwnersServer.start();
    owners.faultsPerCent = 5;
    const options = {
      appId: 'app0',
      serverUrl: owners.url,
      serviceToken: undefined,
      request: { base44Headers: true, trustedAppIds },
      resilience,
    };
    const processes = await Promise.all([fixture.boot(options), fixture.boot(options)]);
    const crowd = new Crowd(forRequests(...processes.map(({ connectors }) => connectors)), 5);
    const steps = createSteps({ apps: 3, users: 12, connectors: 20 }, [undefined, 'dev']);
    await expectIsolation('shared store', crowd, steps, owners);
  });

  it('no token is stored in plain text or under the name of its user', async () => {
    const ada = fixture.base44.addAppUser('ada');
    fixture.base44.connect({ appUserConnector: 'cal1' }, { accessToken: 'ya29-of-ada' }, ada);
    const { connectors } = await fixture.boot();
    await connectors.asAppUser(ada.token).getCurrentAppUserConnection('cal1');
    const stored = JSON.stringify([...(await fixture.readStore(1))]);
    for (const secret of [ada.token, 'ya29-of-ada', 'cal1', fixture.base44.serviceToken]) {
      expect(stored).not.toContain(secret);
    }
  });
});

describe('Two identities never share a connection', () => {
  const delimiters = fc
    .array(fc.constantFrom('a', '"', ',', '[', ']', '\\', 'null', '/', ':', '\\u0022'), {
      minLength: 1,
      maxLength: 4,
    })
    .map((parts) => parts.join(''));
  const owner: fc.Arbitrary<Owner> = fc.record({
    app: fc.constantFrom('app0', 'app1'),
    service: delimiters,
    user: delimiters,
    dataEnv: fc.constantFrom(undefined, 'dev', 'prod'),
  });

  it('with tokens that look like parts of a key', async () => {
    const owners = await OwnersServer.start();
    const request = { base44Headers: true, trustedAppIds };
    const options = { appId: 'app0', serverUrl: owners.url, request, cache: {} };
    const connectors = await createConnectors(options);
    await fc.assert(
      fc.asyncProperty(owner, fc.constantFrom('dev', 'a', '0'), async (identity, connector) => {
        const service = connectors.forRequest({ headers: toHeaders(identity) });
        const { accessToken } = await service.getCurrentAppUserConnection(connector);
        const issued = JSON.parse(Buffer.from(accessToken, 'base64url').toString()) as Owner;
        expect(toName(issued, connector)).toBe(toName(identity, connector));
      }),
      { seed: 44, numRuns: scaled(1_000, 200) },
    );
  });
});

describe('An identity', () => {
  const CALENDAR = { appUserConnector: 'cal1' };
  let base44: Base44Emulator;
  let ada: EmulatedAppUser;
  let bob: EmulatedAppUser;
  let connectors: ConnectorsService;

  const boot = async (options: Partial<ConnectorsModuleOptions> = {}): Promise<void> => {
    connectors = await createConnectors({ ...toOptions(base44), cache: {}, ...options });
  };
  const as = ({ token }: EmulatedAppUser): ConnectorsService => connectors.asAppUser(token);
  const getToken = async (user: EmulatedAppUser): Promise<string> =>
    (await as(user).getConnection(CALENDAR)).accessToken;

  beforeEach(async () => {
    base44 = await Base44Emulator.start();
    closeAfterTest(() => base44.close());
    [ada, bob] = [base44.addAppUser('ada'), base44.addAppUser('bob')];
    base44.connect(CALENDAR, { accessToken: 'of-ada' }, ada);
    base44.connect(CALENDAR, { accessToken: 'of-bob' }, bob);
    await boot();
  });

  it('differs from that of a forged token with the same subject', async () => {
    await getToken(ada);
    const [header, payload] = ada.token.split('.');
    const unsigned = Buffer.from('{"alg":"none"}').toString('base64url');
    const forged = [
      `${header}.${payload}.${'A'.repeat(43)}`,
      `${unsigned}.${payload}.`,
      `${header}.${payload}`,
      `${ada.token}=`,
      ada.token.toLowerCase(),
      ada.id,
    ];
    for (const token of forged) {
      const asked = connectors.asAppUser(token).getConnection(CALENDAR);
      await expect(asked).rejects.toMatchObject({ code: 'APP_USER_REQUIRED', status: 401 });
    }
    expect(base44.requests).toHaveLength(1 + forged.length);
  });

  it('differs from that of the app when the service token is the token of a user', async () => {
    base44.connect('slack', { accessToken: 'of-the-app' });
    await boot({ request: { base44Headers: true } });
    const { appId: app, serviceToken: service } = base44;
    const by = (owner: Owner) => connectors.forRequest({ headers: toHeaders(owner) });
    await by({ app, service, user: ada.token, dataEnv: undefined }).getConnection('slack');
    await connectors.getConnection('slack');
    for (const user of ['', ada.token, service]) {
      const asked = by({ app, service: ada.token, user, dataEnv: undefined });
      await expect(asked.getConnection('slack')).rejects.toMatchObject({ status: 403 });
      await expect(asked.getConnection(CALENDAR)).rejects.toThrow();
    }
  });

  it('differs from that of the service role when the user token is a service token', async () => {
    const asked = connectors.asAppUser(base44.serviceToken);
    await expect(asked.getConnection(CALENDAR)).rejects.toMatchObject({ status: 401 });
    await expect(asked.connectAppUser('cal1')).rejects.toMatchObject({ status: 401 });
  });

  it('cannot reach another one by the name of a connector', async () => {
    await getToken(ada);
    await connectors.getConnection('slack').catch(() => undefined);
    const parts = [base44.url, base44.appId, null, ada.token, null];
    const hash = createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
    for (const name of [`${hash}/appUserConnector:cal1`, 'appUserConnector:cal1', `${hash}/cal1`]) {
      for (const service of [connectors, as(ada), as(bob)]) {
        const byName = service.getConnection(name);
        await expect(byName).rejects.toBeInstanceOf(InvalidConnectorError);
        const asWorkspace = service.getWorkspaceConnection(name);
        await expect(asWorkspace).rejects.toBeInstanceOf(InvalidConnectorError);
      }
    }
    for (const ref of ['cal1', { workspaceConnector: 'cal1' }]) {
      await expect(as(ada).getConnection(ref)).rejects.toMatchObject({ status: 404 });
    }
    expect(base44.requests).toHaveLength(4);
  });

  it.each<[string, (service: ConnectorsService) => Promise<unknown>]>([
    ['is invalidated', (service) => service.invalidate(CALENDAR)],
    ['is disconnected', (service) => service.disconnectAppUser('cal1')],
    ['is initiated again', (service) => service.connectAppUser('cal1')],
  ])('keeps its connection when that of another %s', async (_, change) => {
    await getToken(ada);
    await getToken(bob);
    await change(as(ada));
    base44.clear();
    expect(await getToken(bob)).toBe('of-bob');
    expect(base44.requests).toHaveLength(0);
    await getToken(ada).catch(() => undefined);
    expect(base44.requests).toHaveLength(1);
  });

  it('has its connection although another one has a cached absence', async () => {
    const eve = base44.addAppUser('eve');
    await expect(getToken(eve)).rejects.toMatchObject({ code: 'CONNECTOR_NOT_CONNECTED' });
    base44.connect('slack', { accessToken: 'of-the-app' });
    base44.fault({ respond: faults.status(404) });
    await expect(as(eve).getConnection('slack')).rejects.toMatchObject({ status: 404 });
    await expect(getToken(ada)).resolves.toBe('of-ada');
    await expect(as(bob).getConnection('slack')).resolves.toMatchObject({
      accessToken: 'of-the-app',
    });
    await expect(connectors.getConnection('slack')).resolves.toBeDefined();
  });

  it('gets no stale connection of another one when Base44 fails', async () => {
    await boot({ cache: { ttlMs: 1 } });
    await getToken(ada);
    base44.fault({ respond: faults.status(503), times: Infinity });
    await expect(getToken(ada)).resolves.toBe('of-ada');
    await expect(getToken(bob)).rejects.toMatchObject({ code: 'BASE44_UNAVAILABLE' });
    await expect(connectors.getConnection(CALENDAR)).rejects.toMatchObject({
      code: 'APP_USER_REQUIRED',
    });
  });

  it('shares no request in flight with another one', async () => {
    base44.fault({ respond: faults.delay(50), times: 2 });
    const both = await Promise.all([getToken(ada), getToken(bob), getToken(ada), getToken(bob)]);
    expect(both).toEqual(['of-ada', 'of-bob', 'of-ada', 'of-bob']);
    expect(base44.requests).toHaveLength(2);
  });

  it('is served while Base44 fails for another app', async () => {
    const crm = await Base44Emulator.start({ appId: 'crm' });
    closeAfterTest(() => crm.close());
    crm.fault({ times: Infinity });
    const request = {
      base44Headers: true,
      trustedServerUrls: [crm.url],
      trustedAppIds: [crm.appId],
    };
    const breaker = { failureThreshold: 2, halfOpenAfterMs: 600_000 };
    await boot({ request, resilience: { retries: 0, breaker } });
    const owner = { app: 'crm', service: crm.serviceToken, user: ada.token, dataEnv: undefined };
    const headers = { ...toHeaders(owner), 'base44-api-url': crm.url };
    const ofCrm = connectors.forRequest({ headers });
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await catchError(() => ofCrm.getConnection(CALENDAR));
    }
    expect(crm.requests).toHaveLength(2);
    expect(await getToken(ada)).toBe('of-ada');
  });

  it('in development differs from that in production', async () => {
    const owners = await OwnersServer.start();
    const request = { base44Headers: true };
    await boot({ appId: 'app0', serverUrl: owners.url, serviceToken: undefined, request });
    const seen = new Set<string>();
    for (const dataEnv of ['dev', 'prod', undefined, 'dev', 'prod', undefined, 'staging']) {
      const owner = { app: 'app0', service: 's', user: 'u', dataEnv };
      const service = connectors.forRequest({ headers: toHeaders(owner) });
      seen.add((await service.getConnection(CALENDAR)).accessToken);
    }
    expect([seen.size, owners.requests]).toEqual([3, 3]);
  });
});
