import {
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  Module,
} from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ExpressAdapter } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import {
  type AppUserRoutes,
  CONNECTORS_MODULE_OPTIONS,
  ConnectorsModule,
} from 'nestjs-base44-connectors';
import {
  Base44Emulator,
  ConnectorsTestingModule,
  type EmulatedAppUser,
} from 'nestjs-base44-connectors/testing';
import { toOptions } from '../support/to-options.js';
import { closeAfterTest } from '../support/close-after-test.js';

/** A guard with an injected dependency. */
@Injectable()
class KnockGuard implements CanActivate {
  constructor(@Inject('PASSWORD') private readonly password: string) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, unknown> }>();
    return headers['x-password'] === this.password;
  }
}

@Module({ providers: [{ provide: 'PASSWORD', useValue: 'sesame' }], exports: ['PASSWORD'] })
class PasswordModule {}

const ROUTES: AppUserRoutes = { path: 'connectors' };

interface CookieRequest {
  readonly headers: { readonly cookie?: string };
}

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('The routes for users of the app, on %s', (_, newAdapter) => {
  let base44: Base44Emulator;
  let ada: EmulatedAppUser;
  let url: string;

  const boot = async (appUserRoutes: Partial<AppUserRoutes> = {}): Promise<void> => {
    const module = await Test.createTestingModule({
      imports: [
        ConnectorsModule.forRootAsync({
          imports: [PasswordModule],
          appUserRoutes: { path: 'connectors', ...appUserRoutes },
          useFactory: () => ({
            ...toOptions(base44),
            request: {
              appUserToken: ({ headers }: CookieRequest) => headers.cookie?.slice('user='.length),
            },
          }),
        }),
      ],
    }).compile();
    const app = module.createNestApplication(newAdapter());
    closeAfterTest(() => app.close());
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  };

  const ask = (
    path: string,
    { method = 'GET', headers }: { method?: string; headers?: Record<string, string> } = {},
  ): Promise<Response> =>
    fetch(`${url}${path}`, {
      redirect: 'manual',
      method,
      headers: { cookie: `user=${ada.token}`, ...headers },
    });

  const isConnected = async (): Promise<unknown> => (await ask('/connectors/cal1')).json();

  beforeEach(async () => {
    base44 = await Base44Emulator.start();
    base44.register('cal1');
    closeAfterTest(() => base44.close());
    ada = base44.addAppUser('ada');
  });

  it('lead a user from "not connected" to "connected" and back', async () => {
    await boot();
    await expect(isConnected()).resolves.toEqual({ connector: 'cal1', connected: false });

    const response = await ask('/connectors/cal1/connect');
    expect(response.status).toBe(302);
    const page = response.headers.get('location')!;
    expect(page).toMatch(`${base44.url}/consent/`);
    await fetch(page, { method: 'POST' });
    await expect(isConnected()).resolves.toEqual({ connector: 'cal1', connected: true });

    const ended = await ask('/connectors/cal1', { method: 'DELETE' });
    expect([ended.status, await ended.text()]).toEqual([204, '']);
    await expect(isConnected()).resolves.toEqual({ connector: 'cal1', connected: false });
  });

  it('disconnect a connector that is not connected without an error', async () => {
    await boot();
    expect((await ask('/connectors/cal1', { method: 'DELETE' })).status).toBe(204);
  });

  it('respond with no-store, and with no token', async () => {
    await boot();
    base44.connect({ appUserConnector: 'cal1' }, { accessToken: 'ya29-ada' }, ada);
    const response = await ask('/connectors/cal1');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).not.toContain('ya29-ada');
  });

  it('reject users who are not signed in', async () => {
    await boot();
    for (const [path, method] of [
      ['/connectors/cal1', 'GET'],
      ['/connectors/cal1/connect', 'GET'],
      ['/connectors/cal1', 'DELETE'],
    ] as const) {
      const response = await ask(path, { method, headers: { cookie: '' } });
      expect(response.status).toBe(401);
      await expect(response.json()).resolves.toMatchObject({ error: 'APP_USER_REQUIRED' });
    }
    expect(base44.requests).toHaveLength(0);
  });

  it.each(['a%2e%2e', 'a%2fb', 'a%20b'])('reject the connector %s', async (id) => {
    await boot();
    const response = await ask(`/connectors/${id}`);
    expect(response.status).toBe(400);
    expect(base44.requests).toHaveLength(0);
  });

  it('have the configured guards and the configured path', async () => {
    await boot({ path: 'me/accounts', guards: [KnockGuard] });
    expect((await ask('/me/accounts/cal1')).status).toBe(403);
    const response = await ask('/me/accounts/cal1', { headers: { 'x-password': 'sesame' } });
    expect(response.status).toBe(200);
    expect((await ask('/connectors/cal1')).status).toBe(404);
  });

  it('fail startup when no option identifies the users', async () => {
    const module = Test.createTestingModule({
      imports: [ConnectorsModule.forRoot({ ...toOptions(base44), appUserRoutes: ROUTES })],
    });
    await expect(module.compile()).rejects.toThrow('request: { appUserToken }');
  });

  it('exist in tests with fixed tokens, where no user is signed in', async () => {
    const module = await Test.createTestingModule({
      imports: [ConnectorsModule.forRoot({ ...toOptions(base44), appUserRoutes: ROUTES })],
    })
      .overrideProvider(CONNECTORS_MODULE_OPTIONS)
      .useValue(ConnectorsTestingModule.options({ tokens: { slack: 'xoxb-test' } }))
      .compile();
    const app = module.createNestApplication(newAdapter());
    closeAfterTest(() => app.close());
    await app.listen(0, '127.0.0.1');
    expect((await fetch(`${await app.getUrl()}/connectors/cal1`)).status).toBe(401);
  });

  it('do not exist by default', async () => {
    const module = await Test.createTestingModule({
      imports: [ConnectorsModule.forRoot(toOptions(base44))],
    }).compile();
    const app = module.createNestApplication(newAdapter());
    closeAfterTest(() => app.close());
    await app.listen(0, '127.0.0.1');
    expect((await fetch(`${await app.getUrl()}/connectors/cal1`)).status).toBe(404);
  });

  describe('given returnTo', () => {
    const returnTo = ['/calendar', 'https://app.example.com/settings'];

    beforeEach(() => boot({ returnTo }));

    const locationAfter = async (page: string): Promise<string | null> => {
      const query = new URLSearchParams({ returnTo: page });
      return (await ask(`/connectors/cal1/connect?${query.toString()}`)).headers.get('location');
    };

    it.each(returnTo)('redirect a user who has approved before to %s', async (page) => {
      base44.connect({ appUserConnector: 'cal1' }, {}, ada);
      await expect(locationAfter(page)).resolves.toBe(page);
    });

    it('redirect every other user to the consent page first', async () => {
      await expect(locationAfter('/calendar')).resolves.toMatch(`${base44.url}/consent/`);
    });

    it.each([
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      '/calendar/../admin',
      '/calendar?next=//evil.example',
      'https://app.example.com/settings@evil.example',
      'javascript:alert(1)',
      '',
    ])('reject %j', async (page) => {
      base44.connect({ appUserConnector: 'cal1' }, {}, ada);
      const query = new URLSearchParams({ returnTo: page });
      const response = await ask(`/connectors/cal1/connect?${query.toString()}`);
      expect([response.status, response.headers.get('location')]).toEqual([400, null]);
      expect(base44.requests).toHaveLength(0);
    });

    it('reject several of them', async () => {
      const response = await ask('/connectors/cal1/connect?returnTo=/calendar&returnTo=/calendar');
      expect(response.status).toBe(400);
    });
  });

  it.each(['//evil.example', '/\\evil', 'calendar', 'http://example.com', 'javascript:x', '/a b'])(
    'fail startup with %j as a page to return to',
    async (page) => {
      await expect(boot({ returnTo: ['/calendar', page] })).rejects.toMatchObject({
        code: 'CONFIGURATION',
        problems: [
          "appUserRoutes.returnTo must contain paths such as '/calendar' or absolute https URLs, and entry 1 is neither",
        ],
      });
    },
  );

  it.each([
    [
      { path: undefined },
      "appUserRoutes.path is required: the path of the routes, such as 'accounts'",
    ],
    [{ path: '' }, "appUserRoutes.path is required: the path of the routes, such as 'accounts'"],
    [{ path: '/' }, "appUserRoutes.path is required: the path of the routes, such as 'accounts'"],
    [{ path: 'a b' }, "appUserRoutes.path is required: the path of the routes, such as 'accounts'"],
    [{ guard: [] }, 'appUserRoutes.guard is not an option of this module: did you mean guards?'],
    [
      { returnto: [] },
      'appUserRoutes.returnto is not an option of this module: did you mean returnTo?',
    ],
    [
      { guards: KnockGuard },
      'appUserRoutes.guards must be a list of guards: classes, or objects with a method canActivate()',
    ],
    [
      { guards: [{}] },
      'appUserRoutes.guards must be a list of guards: classes, or objects with a method canActivate()',
    ],
    [
      { guards: [KnockGuard, {}] },
      'appUserRoutes.guards must be a list of guards: classes, or objects with a method canActivate()',
    ],
    [
      { returnTo: [['/calendar']] },
      "appUserRoutes.returnTo must contain paths such as '/calendar' or absolute https URLs, and entry 0 is neither",
    ],
    [{ returnTo: '/a' }, "appUserRoutes.returnTo must be a list of pages such as ['/calendar']"],
  ])('fail startup with %j, and do not exist without their guards', async (routes, problem) => {
    await expect(boot(routes as Partial<AppUserRoutes>)).rejects.toMatchObject({
      code: 'CONFIGURATION',
      problems: [problem],
    });
  });

  it.each(['a', 'accounts', '/accounts', 'accounts/', 'me/accounts', ':tenant/accounts'])(
    'accept the path %s',
    async (path) => {
      await expect(boot({ path })).resolves.toBeUndefined();
    },
  );

  it('accept an object as a guard', async () => {
    await boot({ guards: [{ canActivate: () => false }] });
    expect((await ask('/connectors/cal1/connect')).status).toBe(403);
  });
});
