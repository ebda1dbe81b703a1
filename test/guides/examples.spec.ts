import { createServer, type IncomingMessage } from 'node:http';
import { Agent } from 'node:https';
import { connect } from 'node:net';
import { Controller, Get, type INestApplication } from '@nestjs/common';
import { EventEmitter2, EventEmitterModule } from '@nestjs/event-emitter';
import { Test } from '@nestjs/testing';
import type { Job } from 'bullmq';
import type { Keyv } from 'keyv';
import {
  type ConnectorEvent,
  CONNECTORS_MODULE_OPTIONS,
  ConnectorsModule,
  ConnectorsService,
} from 'nestjs-base44-connectors';
import { Base44Emulator, type EmulatedAppUser } from 'nestjs-base44-connectors/testing';
import { waitFor } from '../support/async.js';
import { type OpenServer, openTestServer } from '../support/open-server.js';
import { toOptions } from '../support/to-options.js';
import { InMemorySdk } from '../telemetry/in-memory-sdk.js';
import { AnnouncementsService } from './readme/announcements.service.js';
import { AppModule as CalledByBase44AppModule } from './readme/called-by-base44.app.module.js';
import { AppModule as EmulatorAppModule } from './readme/emulator.app.module.js';
import { AppModule as OutsideAppModule } from './readme/outside.app.module.js';
import { AgendaService } from './02-app-users/agenda.service.js';
import { AnnouncementsController } from './02-app-users/announcements.controller.js';
import { AppUsersModule } from './02-app-users/app-users.module.js';
import { DigestProcessor } from './02-app-users/digest.processor.js';
import { DigestService } from './01-basic/digest.service.js';
import { setupDocs } from './01-basic/docs.js';
import { ErrorsService } from './01-basic/errors.service.js';
import { ClientsModule } from './03-provider-calls/clients.module.js';
import { EventsService } from './03-provider-calls/events.service.js';
import { HostedModule } from './04-external-backend/hosted.module.js';
import { PostsService } from './01-basic/posts.service.js';
import { ReportsService } from './02-app-users/reports.service.js';
import { SdkClientModule } from './01-basic/sdk-client.module.js';
import type { SignedInRequest } from './02-app-users/session.guard.js';
import { AlertsService } from './05-production/alerts.service.js';
import { EventBridgeService } from './05-production/event-bridge.service.js';
import { OperationsModule } from './05-production/operations.module.js';
import { OperatorGuard } from './05-production/operator.guard.js';
import { SharedStoreModule } from './05-production/shared-store.module.js';
import { TracedModule } from './05-production/traced.module.js';
import { SupportModule } from './03-provider-calls/support.module.js';
import { SupportService } from './03-provider-calls/support.service.js';
import { TicketsController } from './01-basic/tickets.controller.js';

/** Responses by path. The default is a calendar. */
const ANSWERS: Readonly<Record<string, unknown>> = {
  '/api/chat.postMessage': { ok: true },
  '/api/v2/tickets.json': { tickets: ['It works'] },
  '/user/repos': [{ name: 'website' }],
};

describe('The examples of README and guides', () => {
  const realFetch = globalThis.fetch;
  const environment = { ...process.env };
  let base44: Base44Emulator;
  let crm: Base44Emulator;
  let providers: OpenServer;
  let arrived: IncomingMessage[];
  let answers: Record<string, unknown>;
  let status: number;
  let app: INestApplication | undefined;

  beforeEach(async () => {
    base44 = await Base44Emulator.start();
    crm = await Base44Emulator.start({ appId: 'crm-app' });
    arrived = [];
    answers = { ...ANSWERS };
    status = 200;
    const server = createServer((request, response) => {
      arrived.push(request);
      const answer = answers[request.url ?? ''] ?? { items: ['Stand-up'] };
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(answer));
    });
    providers = await openTestServer(server);
    // Requests to the public URLs of providers reach the server above.
    globalThis.fetch = (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      const isLocal = url.hostname === '127.0.0.1';
      return realFetch(isLocal ? url : providers.url + url.pathname, init);
    };
    Object.assign(process.env, {
      BASE44_APP_ID: base44.appId,
      BASE44_SERVICE_TOKEN: base44.serviceToken,
      BASE44_API_URL: base44.url,
    });
  });

  afterEach(async () => {
    globalThis.fetch = realFetch;
    process.env = { ...environment };
    await app?.close();
    app = undefined;
    await Promise.all([base44.close(), crm.close()]);
  });

  const boot = async (builder: ReturnType<typeof Test.createTestingModule>) => {
    app = (await builder.compile()).createNestApplication();
    app.useLogger(false);
    await app.listen(0, '127.0.0.1');
    return app;
  };

  const sent = () => arrived.map(({ url, headers }) => [url, headers.authorization]);

  describe.each([
    ['outside Base44', OutsideAppModule],
    ['called by Base44', CalledByBase44AppModule],
    ['with the emulator', EmulatorAppModule],
  ])('the module %s', (_, AppModule) => {
    it('gives the handler a token', async () => {
      base44.connect('googlecalendar', { accessToken: 'ya29-1' });
      const started = await boot(
        Test.createTestingModule({ imports: [AppModule] })
          .overrideProvider(CONNECTORS_MODULE_OPTIONS)
          .useValue(toOptions(base44)),
      );
      const response = await fetch(`${await started.getUrl()}/calendar/events`);
      await expect(response.json()).resolves.toEqual({ items: ['Stand-up'] });
      expect(sent()).toEqual([['/calendar/v3/calendars/primary/events', 'Bearer ya29-1']]);
    });
  });

  it('call providers with tokens of the app', async () => {
    base44.connect('slack', { accessToken: 'xoxb-1' });
    const started = await boot(
      Test.createTestingModule({
        imports: [EmulatorAppModule],
        providers: [AnnouncementsService, DigestService],
      }),
    );
    await expect(started.get(AnnouncementsService).announce('hello')).resolves.toBeUndefined();
    await expect(started.get(DigestService).channels()).resolves.toEqual({ items: ['Stand-up'] });
    expect(sent()).toEqual([
      ['/api/chat.postMessage', 'Bearer xoxb-1'],
      ['/api/conversations.list', 'Bearer xoxb-1'],
    ]);
  });

  it('notice what a provider rejects', async () => {
    base44.connect('slack', { accessToken: 'xoxb-1' });
    base44.connect('googlecalendar', { accessToken: 'ya29-1' });
    const started = await boot(
      Test.createTestingModule({
        imports: [EmulatorAppModule],
        providers: [AnnouncementsService],
      }),
    );
    const announcements = started.get(AnnouncementsService);
    answers['/api/chat.postMessage'] = { ok: false, error: 'channel_not_found' };
    await expect(announcements.announce('hello')).rejects.toThrow(
      'Slack rejected the message: channel_not_found',
    );
    status = 503;
    await expect(announcements.announce('hello')).rejects.toThrow('Slack responded with 503');
    const response = await fetch(`${await started.getUrl()}/calendar/events`);
    expect(response.status).toBe(502);
    await expect(response.json()).resolves.toMatchObject({
      message: 'Google Calendar responded with 503',
    });
  });

  it('call providers without seeing the tokens', async () => {
    base44.connect('googlecalendar', { accessToken: 'ya29-1' });
    base44.connect('slack', { accessToken: 'xoxb-1' });
    base44.connect('github', { accessToken: 'gho-1' });
    base44.connect(
      { workspaceConnector: '66f0c2a41d' },
      { accessToken: 'zd-1', connectionConfig: { subdomain: 'acme' } },
    );
    const started = await boot(
      Test.createTestingModule({
        imports: [ConnectorsModule.forRoot(toOptions(base44)), SupportModule],
        providers: [EventsService],
      }),
    );
    const connectors = started.get(ConnectorsService);
    for (const connector of ['slack', 'github', { workspaceConnector: '66f0c2a41d' }]) {
      connectors.http(connector).axiosRef.defaults.httpsAgent = createAgentTo(providers);
    }

    await expect(started.get(EventsService).list()).resolves.toEqual({ items: ['Stand-up'] });
    await expect(started.get(SupportService).announce('hi')).resolves.toBe(true);
    await expect(started.get(SupportService).tickets()).resolves.toEqual(['It works']);
    const repositories = await fetch(`${await started.getUrl()}/support/repositories`);
    await expect(repositories.json()).resolves.toEqual([{ name: 'website' }]);
    expect(arrived.map(({ url, headers }) => [headers.authorization, headers.host, url])).toEqual([
      ['Bearer ya29-1', expect.anything(), '/calendar/v3/calendars/primary/events'],
      ['Bearer xoxb-1', 'slack.com', '/api/chat.postMessage'],
      ['Bearer zd-1', 'acme.zendesk.com', '/api/v2/tickets.json'],
      ['Bearer gho-1', 'api.github.com', '/user/repos'],
    ]);
  });

  it('give handlers and services clients of SDKs', async () => {
    const user = base44.addAppUser('ada');
    base44.connect('slack', { accessToken: 'xoxb-1' });
    base44.connect('github', { accessToken: 'gho-1' });
    base44.connect({ appUserConnector: '66f0c2a41f' }, { accessToken: 'ya29-ada' }, user);
    const started = await boot(
      Test.createTestingModule({
        imports: [
          ConnectorsModule.forRoot({ ...toOptions(base44), request: { base44Headers: true } }),
          ClientsModule,
        ],
      }),
    );
    const url = `${await started.getUrl()}/releases`;
    const headers = { authorization: `Bearer ${user.token}` };
    await expect((await fetch(url, { headers })).json()).resolves.toEqual({
      repositories: ['website'],
      events: ['Stand-up'],
    });
    const announced = await fetch(url, { method: 'POST', headers });
    await expect(announced.json()).resolves.toEqual({ ok: true });
    expect(sent()).toEqual([
      ['/user/repos', 'Bearer gho-1'],
      ['/calendar/v3/calendars/primary/events', 'Bearer ya29-ada'],
      ['/api/chat.postMessage', 'Bearer xoxb-1'],
    ]);
  });

  it('use every kind of parameter and method', async () => {
    base44.connect('snowflake', { accessToken: 'sf-1', connectionConfig: { subdomain: 'acme' } });
    base44.connect({ workspaceConnector: '66f0c2a41d' }, { accessToken: 'ws-1' });
    base44.connect('slack', { accessToken: 'xoxb-1' });
    base44.meter('x', { respond: () => ({ status: 200, data: { posts: ['hi'] } }) });
    crm.connect('hubspot', { accessToken: 'hs-1' });
    const started = await boot(
      Test.createTestingModule({
        imports: [
          ConnectorsModule.forRoot(toOptions(base44)),
          ConnectorsModule.forRoot({ ...toOptions(crm), name: 'crm' }),
        ],
        controllers: [TicketsController],
        providers: [PostsService, ErrorsService],
      }),
    );
    const url = await started.getUrl();
    const get = async (path: string): Promise<unknown> => (await fetch(`${url}${path}`)).json();
    await expect(get('/tickets/account')).resolves.toEqual({ subdomain: 'acme' });
    await expect(get('/tickets/notion')).resolves.toEqual({ connected: false });
    await expect(get('/tickets/warehouse')).resolves.toEqual({ connected: true });
    await expect(get('/tickets/crm')).resolves.toEqual({ connected: true });

    const posts = started.get(PostsService);
    await expect(posts.latest()).resolves.toEqual(['hi']);
    await expect(posts.hubspot()).resolves.toBe('hs-1');
    await expect(posts.forget('xoxb-1')).resolves.toBeUndefined();

    const errors = started.get(ErrorsService);
    await expect(errors.slackState()).resolves.toBe('connected');
    base44.disconnect('slack');
    await expect(errors.slackState()).resolves.toBe('not connected');
    base44.fault({ times: 3 });
    await expect(errors.slackState()).resolves.toBe('try again later');
    base44.rotateServiceToken();
    await expect(errors.slackState()).resolves.toBe('broken');
  });

  it('document the errors of connectors', async () => {
    const module = await Test.createTestingModule({ imports: [EmulatorAppModule] })
      .overrideProvider(CONNECTORS_MODULE_OPTIONS)
      .useValue(toOptions(base44))
      .compile();
    app = module.createNestApplication({ logger: false });
    setupDocs(app);
    await app.listen(0, '127.0.0.1');

    const document = await fetch(`${await app.getUrl()}/docs-json`);

    await expect(document.json()).resolves.toMatchObject({
      paths: { '/calendar/events': { get: { responses: { 200: {}, 424: {}, 502: {}, 503: {} } } } },
    });
  });

  it('give each user the connection of that user', async () => {
    const [ada, grace] = ['ada', 'grace'].map((name) => base44.addAppUser(name));
    base44.connect({ appUserConnector: '66f0c2a41d' }, { accessToken: 'ya29-ada' }, ada);
    const started = await boot(
      Test.createTestingModule({ imports: [AppUsersModule] })
        .overrideProvider(CONNECTORS_MODULE_OPTIONS)
        .useValue({
          ...toOptions(base44),
          request: { appUserToken: ({ user }: SignedInRequest) => user?.base44Token },
        }),
    );
    const url = await started.getUrl();
    const get = (path: string, user = ada): Promise<Response> =>
      fetch(`${url}${path}`, {
        headers: { cookie: `base44_token=${user!.token}` },
        redirect: 'manual',
      });
    await expect((await get('/agenda')).json()).resolves.toEqual({ items: ['Stand-up'] });
    expect(arrived[0]?.headers.authorization).toBe('Bearer ya29-ada');
    await expect((await get('/agenda/connected', grace)).json()).resolves.toEqual({
      connected: false,
    });
    expect((await get('/agenda', grace)).status).toBe(424);
    expect((await get('/accounts/66f0c2a41d/connect', grace)).status).toBe(302);
    expect((await fetch(`${url}/accounts/66f0c2a41d`)).status).toBe(403);
    await expect(started.get(AgendaService).isConnectedFor(ada!.token)).resolves.toBe(true);
  });

  it('act for the user who handed the work over', async () => {
    const users = ['ada', 'grace', 'linus', 'joan'].map((name) => base44.addAppUser(name));
    for (const user of users) {
      const connection = { accessToken: `ya29-${user.id}` };
      base44.connect({ appUserConnector: '66f0c2a41d' }, connection, user);
    }
    base44.connect('slack', { accessToken: 'xoxb-1' });
    const started = await boot(
      Test.createTestingModule({
        imports: [
          ConnectorsModule.forRoot({ ...toOptions(base44), request: { base44Headers: true } }),
        ],
        controllers: [AnnouncementsController, ReportsController],
        providers: [AgendaService, ReportsService, DigestProcessor],
      }),
    );
    const url = await started.getUrl();
    await Promise.all(
      users.map(async ({ token }) => {
        const headers = { authorization: `Bearer ${token}` };
        expect((await fetch(`${url}/reports`, { headers })).status).toBe(200);
      }),
    );
    const tokens = arrived.map(({ headers }) => headers.authorization).sort();
    expect(tokens).toEqual(users.map(({ id }) => `Bearer ya29-${id}`).sort());

    const announced = await fetch(`${url}/announcements`, { method: 'POST' });
    await expect(announced.json()).resolves.toEqual({ ok: true });
    expect(arrived.at(-1)?.headers.authorization).toBe('Bearer xoxb-1');

    const [{ id, token: userToken }] = users as [EmulatedAppUser];
    const job = { data: { userToken } } as Job<{ userToken: string }>;
    await started.get(DigestProcessor).process(job);
    expect(arrived.at(-1)?.headers.authorization).toBe(`Bearer ya29-${id}`);
  });

  it('act with the headers of Base44', async () => {
    base44.connect('slack', { accessToken: 'xoxb-1' });
    const started = await boot(Test.createTestingModule({ imports: [HostedModule] }));
    const headers = {
      'base44-app-id': base44.appId,
      'base44-api-url': base44.url,
      'base44-service-authorization': `Bearer ${base44.serviceToken}`,
    };
    const connectors = started.get(ConnectorsService).forRequest({ headers });
    await expect(connectors.getConnection('slack')).resolves.toMatchObject({
      accessToken: 'xoxb-1',
    });
  });

  it('use the broker', async () => {
    process.env.BASE44_BROKER_URL = `${base44.url}/functions/connectors-broker`;
    process.env.BASE44_BROKER_SECRET = 's'.repeat(43);
    const started = await boot(Test.createTestingModule({ imports: [OutsideAppModule] }));
    const connectors = started.get(ConnectorsService);
    await expect(connectors.getConnection('slack')).rejects.toMatchObject({
      code: 'BROKER_NOT_DEPLOYED',
    });
  });

  it('share connections through a store', async () => {
    process.env.REDIS_URL = 'redis://127.0.0.1:1';
    process.env.BASE44_BROKER_URL = `${base44.url}/functions/connectors-broker`;
    process.env.BASE44_BROKER_SECRET = 's'.repeat(43);
    process.env.CONNECTORS_KEYS = `${Buffer.alloc(32, 1).toString('base64')},${Buffer.alloc(32, 2).toString('base64')}`;
    const started = await boot(Test.createTestingModule({ imports: [SharedStoreModule] }));
    const options = started.get<{ reveal(): { cache: { store: Keyv; encryptionKeys: string[] } } }>(
      CONNECTORS_MODULE_OPTIONS,
      { strict: false },
    );
    const { cache } = options.reveal();
    expect(cache.encryptionKeys).toHaveLength(2);
    await cache.store.disconnect();
  });

  it('tell Slack and an event emitter about a connector that is not connected', async () => {
    base44.connect('slack', { accessToken: 'xoxb-1' });
    const started = await boot(
      Test.createTestingModule({
        imports: [EmulatorAppModule, EventEmitterModule.forRoot()],
        providers: [AlertsService, EventBridgeService],
      }),
    );
    const emitted: string[] = [];
    started
      .get(EventEmitter2)
      .on('connectors.not_connected', ({ connector }: ConnectorEvent) =>
        emitted.push(String(connector)),
      );
    await expect(started.get(ConnectorsService).getConnection('notion')).rejects.toThrow();
    await waitFor(() => arrived.length === 1);
    expect(sent()).toEqual([['/api/chat.postMessage', 'Bearer xoxb-1']]);
    expect(emitted).toEqual(['notion']);
  });

  it('tell load balancers and operators how the connectors are', async () => {
    const url = await (
      await boot(Test.createTestingModule({ imports: [OperationsModule] }))
    ).getUrl();
    await expect((await fetch(`${url}/health/ready`)).json()).resolves.toMatchObject({
      status: 'ok',
      details: { connectors: { status: 'up', connectors: [] } },
    });
    expect((await fetch(`${url}/ops/connectors`)).status).toBe(403);
  });

  it('let operators open the page', async () => {
    const builder = Test.createTestingModule({ imports: [OperationsModule] })
      .overrideGuard(OperatorGuard)
      .useValue({ canActivate: () => true });
    const url = await (await boot(builder)).getUrl();
    await expect((await fetch(`${url}/ops/connectors`)).json()).resolves.toMatchObject({
      breaker: { state: 'closed' },
    });
  });

  it('report to OpenTelemetry', async () => {
    process.env.BASE44_APP_ID = base44.appId;
    process.env.BASE44_API_URL = base44.url;
    process.env.BASE44_SERVICE_TOKEN = base44.serviceToken;
    base44.connect('slack', { accessToken: 'xoxb-1' });
    const sdk = InMemorySdk.register();
    const started = await boot(Test.createTestingModule({ imports: [TracedModule] }));
    await started.get(ConnectorsService).getConnection('slack');
    expect(sdk.getSpan('connectors.request slack').ended).toBe(true);
  });

  it('use a client of the official SDK', async () => {
    base44.connect('slack', { accessToken: 'xoxb-1' });
    const started = await boot(
      Test.createTestingModule({ imports: [SdkClientModule], providers: [DigestService] }),
    );
    await started.get(DigestService).channels();
    expect(arrived[0]?.headers.authorization).toBe('Bearer xoxb-1');
  });
});

@Controller('reports')
class ReportsController {
  constructor(private readonly reports: ReportsService) {}

  @Get()
  today() {
    return this.reports.today();
  }
}

/** Creates an agent that connects to this server for every host, without TLS. */
function createAgentTo({ port }: OpenServer): Agent {
  return Object.assign(new Agent(), { createConnection: () => connect(port, '127.0.0.1') });
}
