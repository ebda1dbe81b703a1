import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { Agent } from 'node:https';
import { connect } from 'node:net';
import { Controller, Get, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { Job } from 'bullmq';
import type { Keyv } from 'keyv';
import {
  CONNECTORS_MODULE_OPTIONS,
  ConnectorsModule,
  ConnectorsService,
} from 'nestjs-base44-connectors';
import { Base44Emulator, type EmulatedAppUser } from 'nestjs-base44-connectors/testing';
import { type OpenServer, openTestServer } from '../support/open-server.js';
import { toOptions } from '../support/to-options.js';
import { AgendaService } from './agenda.service.js';
import { AnnouncementsController } from './announcements.controller.js';
import { AppModule } from './app.module.js';
import { AppUsersModule } from './app-users.module.js';
import { DigestProcessor } from './digest.processor.js';
import { DigestService } from './digest.service.js';
import { ErrorsService } from './errors.service.js';
import { EventsService } from './events.service.js';
import { ExternalModule } from './external.module.js';
import { HostedModule } from './hosted.module.js';
import { PostsService } from './posts.service.js';
import { ReportsService } from './reports.service.js';
import { SdkClientModule } from './sdk-client.module.js';
import type { SignedInRequest } from './session.guard.js';
import { SharedStoreModule } from './shared-store.module.js';
import { SupportModule } from './support.module.js';
import { SupportService } from './support.service.js';
import { TicketsController } from './tickets.controller.js';

const folder = new URL('.', import.meta.url);
const examples = readdirSync(folder).filter((file) => file !== 'examples.spec.ts');
const readme = readFileSync(new URL('../../README.md', folder), 'utf8');

/** Responses by path. The default is a calendar. */
const ANSWERS: Readonly<Record<string, unknown>> = {
  '/api/chat.postMessage': { ok: true },
  '/api/v2/tickets.json': { tickets: ['It works'] },
  '/user/repos': [{ name: 'website' }],
};

describe('The README', () => {
  it.each(examples)('shows %s as this spec tests it', (file) => {
    expect(readme).toContain(`\`\`\`ts\n${readFileSync(new URL(file, folder), 'utf8')}\`\`\``);
  });

  it('shows no other code', () => {
    const shown = [...readme.matchAll(/```ts\n\/\/ (\S+)\n/g)].map(([, file]) => file);
    expect(shown.sort()).toEqual(examples.sort());
    expect(readme.match(/```ts/g)).toHaveLength(examples.length);
  });
});

describe('The examples of the README', () => {
  const realFetch = globalThis.fetch;
  let base44: Base44Emulator;
  let crm: Base44Emulator;
  let providers: OpenServer;
  let arrived: IncomingMessage[];
  let app: INestApplication | undefined;

  beforeEach(async () => {
    base44 = await Base44Emulator.start();
    crm = await Base44Emulator.start({ appId: 'crm-app' });
    arrived = [];
    const server = createServer((request, response) => {
      arrived.push(request);
      const answer = ANSWERS[request.url ?? ''] ?? { items: ['Stand-up'] };
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify(answer));
    });
    providers = await openTestServer(server);
    // Requests to the public URLs of providers reach the server above.
    globalThis.fetch = (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      const isLocal = url.hostname === '127.0.0.1';
      return realFetch(isLocal ? url : providers.url + url.pathname, init);
    };
    process.env.BASE44_APP_ID = base44.appId;
    process.env.BASE44_SERVICE_TOKEN = base44.serviceToken;
    process.env.BASE44_SERVER_URL = base44.url;
  });

  afterEach(async () => {
    globalThis.fetch = realFetch;
    delete process.env.BASE44_APP_ID;
    delete process.env.BASE44_SERVICE_TOKEN;
    delete process.env.BASE44_SERVER_URL;
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

  it('call providers with tokens of the app', async () => {
    base44.connect('googlecalendar', { accessToken: 'ya29-1' });
    base44.connect('slack', { accessToken: 'xoxb-1' });
    const started = await boot(
      Test.createTestingModule({ imports: [AppModule] })
        .overrideProvider(CONNECTORS_MODULE_OPTIONS)
        .useValue(toOptions(base44)),
    );
    const response = await fetch(`${await started.getUrl()}/calendar/events`);
    await expect(response.json()).resolves.toEqual({ items: ['Stand-up'] });
    await expect(started.get(DigestService).send('hello')).resolves.toBe(true);
    expect(arrived.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['/calendar/v3/calendars/primary/events', 'Bearer ya29-1'],
      ['/api/chat.postMessage', 'Bearer xoxb-1'],
    ]);
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
    await expect(posts.forget()).resolves.toBeUndefined();

    const errors = started.get(ErrorsService);
    await expect(errors.slackState()).resolves.toBe('connected');
    base44.disconnect('slack');
    await expect(errors.slackState()).resolves.toBe('not connected');
    base44.fault({ times: 3 });
    await expect(errors.slackState()).resolves.toBe('try again later');
    base44.rotateServiceToken();
    await expect(errors.slackState()).resolves.toBe('broken');
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
    await expect(started.get(AgendaService).connectedFor(ada!.token)).resolves.toBe(true);
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
    const sent = arrived.map(({ headers }) => headers.authorization).sort();
    expect(sent).toEqual(users.map(({ id }) => `Bearer ya29-${id}`).sort());

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
    const started = await boot(Test.createTestingModule({ imports: [ExternalModule] }));
    const connectors = started.get(ConnectorsService);
    await expect(connectors.getConnection('slack')).rejects.toMatchObject({
      code: 'BROKER_NOT_DEPLOYED',
    });
    delete process.env.BASE44_BROKER_URL;
    delete process.env.BASE44_BROKER_SECRET;
  });

  it('share connections through a store', async () => {
    process.env.REDIS_URL = 'redis://127.0.0.1:1';
    process.env.CONNECTORS_KEYS = `${Buffer.alloc(32, 1).toString('base64')},${Buffer.alloc(32, 2).toString('base64')}`;
    const started = await boot(Test.createTestingModule({ imports: [SharedStoreModule] }));
    const options = started.get<{ reveal(): { cache: { store: Keyv; encryptionKeys: string[] } } }>(
      CONNECTORS_MODULE_OPTIONS,
      { strict: false },
    );
    const { cache } = options.reveal();
    expect(cache.encryptionKeys).toHaveLength(2);
    await cache.store.disconnect();
    delete process.env.REDIS_URL;
    delete process.env.CONNECTORS_KEYS;
  });

  it('use a client of the official SDK', async () => {
    base44.connect('slack', { accessToken: 'xoxb-1' });
    const started = await boot(
      Test.createTestingModule({ imports: [SdkClientModule], providers: [DigestService] }),
    );
    await expect(started.get(DigestService).send('hello')).resolves.toBe(true);
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
