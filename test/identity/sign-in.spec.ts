import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Inject,
  Injectable,
  type INestApplication,
  type MiddlewareConsumer,
  Module,
  type NestMiddleware,
  Param,
  UseGuards,
} from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { defer, mergeMap, timer } from 'rxjs';
import {
  ConnectorsModule,
  ConnectorToken,
  type IncomingRequest,
  type RequestOptions,
} from 'nestjs-base44-connectors';
import { toOptions } from '../support/to-options.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { outsideTestContext } from '../support/outside-test-context.js';
import { settle } from '../support/async.js';
import {
  startBase44,
  CALENDAR,
  type Credentials,
  toCredentials,
  DeepModule,
  DeepService,
  getUserToken,
  readUserToken,
} from './ambient-identity.fixture.js';

interface AppRequest extends IncomingRequest {
  user?: { token: string | undefined };
  session?: { base44Token: string | undefined };
}

const seen: unknown[] = [];

@Injectable()
class SignInGuard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AppRequest>();
    await new Promise(setImmediate);
    request.user = { token: readUserToken(request) };
    request.session = { base44Token: readUserToken(request) };
    return true;
  }
}

@Injectable()
class AskingGuard implements CanActivate {
  constructor(@Inject(DeepService) private readonly service: DeepService) {}

  async canActivate(): Promise<boolean> {
    seen.push(await settle(() => this.service.token()));
    return true;
  }
}

@Injectable()
class AskingMiddleware implements NestMiddleware {
  constructor(@Inject(DeepService) private readonly service: DeepService) {}

  async use(_request: unknown, _response: unknown, next: () => void): Promise<void> {
    seen.push(await settle(() => this.service.token()));
    next();
  }
}

/** A middleware whose callback runs in no request's context, like those of some connection pools. */
const loseContext = (_request: unknown, _response: unknown, next: () => void): void => {
  outsideTestContext(next);
};

@Controller()
class HandlersController {
  constructor(@Inject(DeepService) private readonly service: DeepService) {}

  @Get('signed-in')
  @UseGuards(SignInGuard)
  async signedIn(@ConnectorToken(CALENDAR) token: string) {
    return [token, await this.service.token()];
  }

  @Get('asked/:by')
  @UseGuards(AskingGuard)
  asked(@Param('by') by: string) {
    return by;
  }

  @Get('lost')
  lost(@ConnectorToken(CALENDAR) token: string) {
    return token;
  }

  @Get('middle')
  middle() {
    return 'done';
  }

  @Get('before-and-after')
  @UseGuards(AskingGuard, SignInGuard, AskingGuard)
  beforeAndAfter() {
    return 'done';
  }

  @Get('observable')
  observable() {
    return timer(1).pipe(mergeMap(() => defer(() => this.service.token())));
  }
}

@Module({ controllers: [HandlersController], providers: [AskingMiddleware] })
class HandlersModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(AskingMiddleware).forRoutes('middle');
    consumer.apply(loseContext).forRoutes('lost');
  }
}

const inUser = (request: IncomingRequest) => (request as AppRequest).user?.token;
const inSession = (request: IncomingRequest) => (request as AppRequest).session?.base44Token;

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter() as unknown as ExpressAdapter],
])('the identity of the caller, on %s', (platform, adapter) => {
  beforeEach(() => {
    seen.length = 0;
  });

  const boot = async (appUserToken: NonNullable<RequestOptions['appUserToken']>) => {
    const { base44, users } = await startBase44(['anna', 'ben']);
    const module = await Test.createTestingModule({
      imports: [
        // The application's modules come first, because the order of modules must not matter.
        HandlersModule,
        { module: DeepModule, global: true },
        ConnectorsModule.forRoot({ ...toOptions(base44), request: { appUserToken } }),
      ],
    }).compile();
    const app: INestApplication = module.createNestApplication(adapter());
    closeAfterTest(() => app.close());
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    const get = async (path: string, headers: Credentials) =>
      (await fetch(`${url}/${path}`, { headers })).text();
    return { users, get };
  };

  it.each([
    ['the user', inUser],
    ['the session', inSession],
  ])('%s that a guard puts on the request counts', async (_what, appUserToken) => {
    const { users, get } = await boot(appUserToken);
    const answers = await Promise.all(users.map((user) => get('signed-in', toCredentials(user))));
    expect(answers).toEqual(
      users.map((user) => JSON.stringify([getUserToken(user), getUserToken(user)])),
    );
  });

  it('a user is known after a guard has signed them in, not before', async () => {
    const { users, get } = await boot(inUser);
    await get('before-and-after', toCredentials(users[0]!));
    expect(seen).toEqual([
      { error: expect.objectContaining({ code: 'APP_USER_REQUIRED' }) as unknown },
      { value: getUserToken(users[0]!) },
    ]);
  });

  it('is nobody when appUserToken returns null', async () => {
    const { users, get } = await boot(() => null);
    await get('asked/guard', toCredentials(users[0]!));
    expect(seen).toEqual([
      { error: expect.objectContaining({ code: 'APP_USER_REQUIRED' }) as unknown },
    ]);
  });

  it('is that of a decorated parameter, although a middleware has lost the context', async () => {
    const { users, get } = await boot(readUserToken);
    await expect(get('lost', toCredentials(users[1]!))).resolves.toBe(getUserToken(users[1]!));
  });

  it('guards act for the user', async () => {
    const { users, get } = await boot(readUserToken);
    await get('asked/guard', toCredentials(users[1]!));
    expect(seen).toEqual([{ value: getUserToken(users[1]!) }]);
  });

  it("the application's middleware acts for the user, unless Fastify runs it first", async () => {
    const { users, get } = await boot(readUserToken);
    await get('middle', toCredentials(users[1]!));
    const unknown = { error: expect.objectContaining({ code: 'APP_USER_REQUIRED' }) as unknown };
    expect(seen).toEqual([platform === 'Express' ? { value: getUserToken(users[1]!) } : unknown]);
  });

  it('an observable that a handler returns acts for the user', async () => {
    const { users, get } = await boot(readUserToken);
    await expect(get('observable', toCredentials(users[0]!))).resolves.toBe(
      getUserToken(users[0]!),
    );
  });
});
