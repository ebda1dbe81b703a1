import {
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  NotFoundException,
} from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { catchError, delay, map, type Observable, of, tap, timeout } from 'rxjs';
import { ConnectorsModule } from 'nestjs-base44-connectors';
import { Base44Emulator, type EmulatedAppUser } from 'nestjs-base44-connectors/testing';
import { closeAfterTest } from '../support/close-after-test.js';
import { toOptions } from '../support/to-options.js';

const intercept = (
  change: (returned: Observable<unknown>) => Observable<unknown>,
): NestInterceptor => ({
  intercept: (_: ExecutionContext, next: CallHandler) => change(next.handle()),
});

/** Caches what handlers return by the URL, as Nest's `CacheInterceptor` does. */
function createCache(): NestInterceptor {
  const cached = new Map<string, unknown>();
  return {
    intercept: (context, next) => {
      const { url, method } = context.switchToHttp().getRequest<{ url: string; method: string }>();
      const value = method === 'GET' ? cached.get(url) : undefined;
      if (value !== undefined) return of(value);
      return next.handle().pipe(tap((returned) => cached.set(url, returned)));
    },
  };
}

/** Sets what other responses of the application have, before the handler runs. */
const cacheable: NestInterceptor = {
  intercept: (context, next) => {
    const response = context
      .switchToHttp()
      .getResponse<{ header(name: string, value: string): void }>();
    response.header('Cache-Control', 'public, max-age=60');
    return next.handle();
  },
};

const interceptors: [string, () => NestInterceptor][] = [
  ['wraps values', () => intercept((value) => value.pipe(map((data) => ({ data }))))],
  ['replaces values', () => intercept((value) => value.pipe(map(() => 'ok')))],
  ['delays values', () => intercept((value) => value.pipe(delay(5)))],
  ['limits the time', () => intercept((value) => value.pipe(timeout(60_000)))],
  ['caches values', createCache],
  ['makes responses cacheable', () => cacheable],
  [
    'responds with 404 without a value',
    () =>
      intercept((value) =>
        value.pipe(
          tap((data) => {
            if (data === undefined) throw new NotFoundException();
          }),
        ),
      ),
  ],
  [
    'passes errors on',
    () =>
      intercept((value) =>
        value.pipe(
          catchError((error: unknown) => {
            throw error;
          }),
        ),
      ),
  ],
];

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('The routes for users of the app, on %s', (_, newAdapter) => {
  let base44: Base44Emulator;
  let users: EmulatedAppUser[];

  beforeEach(async () => {
    base44 = await Base44Emulator.start();
    base44.register('cal1');
    closeAfterTest(() => base44.close());
    users = ['ada', 'ben'].map((name) => base44.addAppUser(name));
  });

  const start = async (interceptor: NestInterceptor) => {
    const appUserToken = ({ headers }: { headers?: object }) =>
      (headers as Record<string, string | undefined>)['x-user'];
    const module = await Test.createTestingModule({
      imports: [
        ConnectorsModule.forRoot({
          ...toOptions(base44),
          request: { appUserToken },
          appUserRoutes: { path: 'accounts' },
        }),
      ],
    }).compile();
    const app = module.createNestApplication(newAdapter(), { logger: false });
    app.useGlobalInterceptors(interceptor);
    closeAfterTest(() => app.close());
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    return (path: string, user: EmulatedAppUser, method = 'GET') =>
      fetch(`${url}/accounts/${path}`, {
        method,
        redirect: 'manual',
        headers: { 'x-user': user.token },
      });
  };

  it.each(interceptors)(
    'keep their responses when a global interceptor %s',
    async (_name, create) => {
      const ask = await start(create());
      const pages = new Set<string | null>();
      for (const user of users) {
        const redirect = await ask('cal1/connect', user);
        expect([redirect.status, redirect.headers.get('cache-control')]).toEqual([302, 'no-store']);
        const page = redirect.headers.get('location');
        expect(page).toMatch(`${base44.url}/consent/`);
        pages.add(page);
      }
      expect(pages.size).toBe(2);

      base44.connect({ appUserConnector: 'cal1' }, {}, users[0]);
      for (const [index, user] of users.entries()) {
        const status = await ask('cal1', user);
        expect([status.status, status.headers.get('cache-control')]).toEqual([200, 'no-store']);
        await expect(status.json()).resolves.toEqual({ connector: 'cal1', connected: index === 0 });
        const ended = await ask('cal1', user, 'DELETE');
        expect([ended.status, ended.headers.get('cache-control')]).toEqual([204, 'no-store']);
        await expect(ended.text()).resolves.toBe('');
      }

      const refused = await ask('no..dots/connect', users[0]!);
      expect([refused.status, refused.headers.get('cache-control')]).toEqual([400, 'no-store']);
    },
  );
});
