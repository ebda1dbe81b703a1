import { createHash } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
} from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import { map } from 'rxjs';
import {
  ConnectorsModule,
  type ConnectorsModuleExtras,
  type ConnectorsModuleOptions,
  ConnectorsService,
  ConnectorToken,
  getConnectorsToken,
  type StatusReport,
} from 'nestjs-base44-connectors';
import { Base44Emulator, faults } from 'nestjs-base44-connectors/testing';
import { Clock } from '../../lib/common/clock.js';
import { lookupChannel } from '../../lib/telemetry/channels.js';
import { catchError } from '../support/async.js';
import { ManualClock } from '../support/clocks.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { createSecret, expectNoSecret } from '../support/expect-no-secret.js';
import { toOptions } from '../support/to-options.js';

@Injectable()
class OperatorGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, unknown> }>();
    return headers['x-operator'] === 'yes';
  }
}

@Controller('slack')
class SlackController {
  @Get()
  read(@ConnectorToken('slack') token: string): boolean {
    return token !== '';
  }
}

const HTML = 'text/html,application/xhtml+xml,*/*;q=0.8';
const OPERATOR = { 'x-operator': 'yes' };
const NO_LOOKUPS = { hit: 0, shared: 0, coalesced: 0, miss: 0, stale: 0, failed: 0 };

type Status = StatusReport & {
  readonly connectors: readonly { readonly lastError?: { readonly at: string } }[];
};

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('The page for operators on %s', (_, newAdapter) => {
  let base44: Base44Emulator;
  let clock: ManualClock;
  let connectors: ConnectorsService;
  let url: string;

  const start = async (
    options: Partial<ConnectorsModuleOptions & ConnectorsModuleExtras> = {},
    prepare: (app: Awaited<ReturnType<typeof create>>) => void = () => undefined,
  ) => {
    const app = await create(options);
    prepare(app);
    closeAfterTest(() => app.close());
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
    return app;
  };

  const create = async (options: Partial<ConnectorsModuleOptions & ConnectorsModuleExtras>) => {
    const module = await Test.createTestingModule({
      imports: [
        ConnectorsModule.forRoot({
          ...toOptions(base44),
          statusRoutes: { path: 'ops/connectors', guards: [OperatorGuard] },
          resilience: { retries: 0, breaker: { failureThreshold: 2, halfOpenAfterMs: 60_000 } },
          ...options,
        }),
      ],
      controllers: options.name === undefined ? [SlackController] : [],
    })
      .overrideProvider(Clock)
      .useValue(clock)
      .compile();
    connectors = module.get(getConnectorsToken(options.name));
    return module.createNestApplication(newAdapter(), { logger: false });
  };

  const open = (accept: string, path = '/ops/connectors') =>
    fetch(url + path, { headers: { ...OPERATOR, accept } });

  const readJson = async () => (await (await open('application/json')).json()) as Status;
  const readPage = async () => (await open(HTML)).text();

  beforeEach(async () => {
    clock = new ManualClock();
    base44 = await Base44Emulator.start();
    closeAfterTest(() => base44.close());
  });

  it('admits only the requests that its guards admit', async () => {
    await start();
    expect((await fetch(`${url}/ops/connectors`)).status).toBe(403);
    expect((await open('*/*')).status).toBe(200);
  });

  it('is absent by default, and so are its subscriptions', async () => {
    await start({ statusRoutes: undefined });
    expect((await open('*/*')).status).toBe(404);
    expect(lookupChannel.hasSubscribers).toBe(false);
  });

  it('lists the required connectors before anything was looked up', async () => {
    await start();
    await expect(readJson()).resolves.toEqual({
      at: expect.any(String) as string,
      countedSince: expect.any(String) as string,
      breaker: { state: 'closed', openings: 0 },
      connectors: [
        {
          connector: 'slack',
          isOptional: false,
          requiredBy: ['SlackController.read'],
          state: 'unknown',
          isCached: false,
          lookups: NO_LOOKUPS,
          hitRate: null,
        },
      ],
    });
  });

  it('shows the state, the hit rate and who needs a connector', async () => {
    base44.connect('slack');
    await start();
    for (let call = 0; call < 4; call += 1) await fetch(`${url}/slack`);
    const { connectors: reported } = await readJson();
    expect(reported).toMatchObject([
      {
        connector: 'slack',
        state: 'connected',
        since: expect.any(String) as string,
        isCached: true,
        lookups: { ...NO_LOOKUPS, hit: 3, miss: 1 },
        hitRate: 0.75,
      },
    ]);
    const page = await readPage();
    for (const text of [
      'slack',
      'connected',
      'SlackController.read',
      '75 %',
      'lookups: 4, failed: 0',
    ]) {
      expect(page).toContain(text);
    }
  });

  it('forgets the lookups and the errors of more than an hour ago', async () => {
    await start();
    await catchError(connectors.getConnection('slack'));
    clock.advance(59 * 60_000);
    await expect(readJson()).resolves.toMatchObject({
      connectors: [
        { lookups: { miss: 1, failed: 1 }, lastError: { code: 'CONNECTOR_NOT_CONNECTED' } },
      ],
    });
    clock.advance(2 * 60_000);
    const { connectors: reported } = await readJson();
    expect(reported).toMatchObject([
      { lookups: NO_LOOKUPS, lastErrorCode: 'CONNECTOR_NOT_CONNECTED' },
    ]);
    expect(reported[0]).not.toHaveProperty('lastError');
  });

  it('answers in the middle of an outage, and sends nothing', async () => {
    base44.connect('slack');
    await start();
    await connectors.getConnection('slack');
    base44.fault({ times: Infinity });
    clock.advance(120_000);
    await connectors.getConnection('slack');
    await catchError(connectors.getConnection('notion'));
    const sent = base44.requests.length;
    await expect(readJson()).resolves.toMatchObject({
      breaker: { state: 'open', since: expect.any(String) as string, openings: 1 },
      connectors: [
        {
          connector: 'slack',
          state: 'connected',
          isCached: true,
          lastErrorCode: 'BASE44_UNAVAILABLE',
          lastError: { code: 'BASE44_UNAVAILABLE' },
          lookups: { stale: 1 },
        },
        { connector: 'notion', state: 'unknown', requiredBy: [], lookups: { failed: 1 } },
      ],
    });
    const page = await readPage();
    expect(page).toContain('Base44 is unavailable');
    expect(page).toContain('BASE44_UNAVAILABLE');
    expect(base44.requests).toHaveLength(sent);
  });

  it('answers while Base44 does not respond', async () => {
    base44.fault({ respond: faults.hang(), times: Infinity });
    await start();
    const waiting = catchError(
      connectors.getConnection('slack', { signal: AbortSignal.timeout(60_000) }),
    );
    expect((await open(HTML)).status).toBe(200);
    base44.clear();
    await base44.close();
    await waiting;
  });

  it('shows a bounded number of connectors that no decorator requires', async () => {
    await start({ resilience: { retries: 0, breaker: false } });
    await catchError(connectors.getConnection('slack'));
    for (let id = 0; id < 150; id += 1) {
      await catchError(connectors.getWorkspaceConnection(`id${id}`));
    }
    const { connectors: reported } = await readJson();
    expect(reported).toHaveLength(101);
    expect(reported[0]).toMatchObject({ connector: 'slack', lookups: { miss: 1 } });
    expect(reported[1]).toMatchObject({ connector: { workspaceConnector: 'id149' } });
  });

  it('contains no token and no user', async () => {
    const [shared, own, session] = [createSecret(), createSecret(), createSecret()] as const;
    base44.connect('slack', { accessToken: shared });
    const ada = base44.addAppUser('ada-lovelace', session);
    base44.connect({ appUserConnector: 'cal1' }, { accessToken: own }, ada);
    await start({ request: { appUserToken: () => undefined } });
    await connectors.getConnection('slack');
    await connectors.asAppUser(session).getCurrentAppUserConnection('cal1');
    const texts = { page: await readPage(), json: await (await open('*/*')).text() };
    expect(texts.json).toContain('cal1');
    expectNoSecret(undefined, [shared, own, session, base44.serviceToken], texts);
    expect(Object.values(texts).join(' ')).not.toContain('ada-lovelace');
  });

  it('is neither cached nor framed, and loads nothing', async () => {
    await start();
    const response = await open(HTML);
    const headers = Object.fromEntries(response.headers);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/=]+'; .*frame-ancestors 'none'$/,
    );
    const page = await response.text();
    expect(page).not.toMatch(/<script|src=|href=|url\(|@import/);
    const [, style = ''] = /<style>([^]*)<\/style>/.exec(page) ?? [];
    const digest = createHash('sha256').update(style).digest('base64');
    expect(headers['content-security-policy']).toContain(`'sha256-${digest}'`);
    expect((await open('*/*')).headers.get('cache-control')).toBe('no-store');
  });

  it('keeps its form below a global prefix, and when a global interceptor wraps results', async () => {
    await start({}, (app) => {
      app.setGlobalPrefix('api');
      app.useGlobalInterceptors({
        intercept: (_context, next) => next.handle().pipe(map((data: unknown) => ({ data }))),
      });
    });
    const page = await open(HTML, '/api/ops/connectors');
    expect(await page.text()).toMatch(/^<!doctype html>/);
    const json = await open('application/json', '/api/ops/connectors');
    await expect(json.json()).resolves.toHaveProperty('connectors');
  });

  it('is no part of OpenAPI documents', async () => {
    const app = await start();
    const { paths } = SwaggerModule.createDocument(app, new DocumentBuilder().build());
    expect(Object.keys(paths)).toEqual(['/slack']);
  });

  it('escapes the name of the instance and counts only what it does', async () => {
    await start({ name: '<b>"crm"&' });
    lookupChannel.publish({
      instance: 'other',
      connector: 'gmail',
      kind: 'integrationType',
      result: 'hit',
    });
    await catchError(connectors.getConnection('salesforce'));
    const { instance, connectors: reported } = await readJson();
    expect(instance).toBe('<b>"crm"&');
    expect(reported).toMatchObject([{ connector: 'salesforce' }]);
    const page = await readPage();
    expect(page).toContain('&lt;b&gt;&quot;crm&quot;&amp;');
    expect(page).not.toContain('<b>');
  });

  it('tells that the breaker is disabled', async () => {
    await start({ resilience: false });
    await expect(readJson()).resolves.toMatchObject({ breaker: { state: 'disabled' } });
    expect(await readPage()).toContain('The breaker is disabled.');
  });

  it('ends its subscriptions with the application', async () => {
    const onMessage = () => undefined;
    subscribe(lookupChannel.name, onMessage);
    const app = await start();
    await app.close();
    unsubscribe(lookupChannel.name, onMessage);
    expect(lookupChannel.hasSubscribers).toBe(false);
  });
});

describe('statusRoutes', () => {
  it.each([
    [true, 'statusRoutes must be an object such as { path, guards }'],
    [{ path: 'ops' }, /^statusRoutes\.guards is required: the guards that admit operators only/],
    [{ path: 'ops', guards: [1] }, /^statusRoutes\.guards must be a list of guards/],
    [{ guards: [] }, /^statusRoutes\.path is required/],
    [{ path: 'ops', guard: [] }, /^statusRoutes\.guard is not an option .* did you mean guards\?$/],
  ])('are validated at startup: %j', async (statusRoutes, problem) => {
    const options = { appId: 'app1', serviceToken: 'svc', statusRoutes } as never;
    const compiled = Test.createTestingModule({
      imports: [ConnectorsModule.forRoot(options)],
    }).compile();
    const { problems } = (await catchError(compiled)) as { problems?: readonly string[] };
    expect(problems).toContainEqual(
      typeof problem === 'string' ? problem : expect.stringMatching(problem),
    );
  });
});
