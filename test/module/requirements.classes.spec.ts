import { HttpService } from '@nestjs/axios';
import {
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  Get,
  Inject,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type ModuleMetadata,
  type NestMiddleware,
  type NestModule,
  Query,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  ConnectorsModule,
  ConnectorsService,
  ConnectorToken,
  InjectConnectorHttp,
} from 'nestjs-base44-connectors';
import { closeAfterTest } from '../support/close-after-test.js';

/** Returns the requirements of an application by connector. */
async function getRequired(metadata: ModuleMetadata): Promise<Record<string, readonly string[]>> {
  const { imports = [], ...rest } = metadata;
  const module = await Test.createTestingModule({
    ...rest,
    imports: [
      ConnectorsModule.forRoot({ appId: 'app1', serviceToken: 'svc_1' }),
      ConnectorsModule.forFeature(['slack', 'github', 'notion', 'linear', 'box']),
      ...imports,
    ],
  }).compile();
  const app = module.createNestApplication();
  closeAfterTest(() => app.close());
  await app.init();
  const requirements = module.get(ConnectorsService).requirements();
  return Object.fromEntries(
    requirements.map((one) => [one.connector as string, one.requiredBy] as const),
  );
}

describe('ConnectorsService.requirements()', () => {
  it('lists the injections of guards, interceptors, pipes, filters and middleware', async () => {
    const features = ConnectorsModule.forFeature(['slack', 'github', 'notion', 'linear', 'box']);

    @Injectable()
    class SlackGuard implements CanActivate {
      constructor(@InjectConnectorHttp('slack') readonly http: HttpService) {}
      canActivate() {
        return true;
      }
    }
    @Injectable()
    class GithubInterceptor {
      constructor(@InjectConnectorHttp('github') readonly http: HttpService) {}
      intercept(_: unknown, next: CallHandler) {
        return next.handle();
      }
    }
    @Injectable()
    class NotionPipe {
      constructor(@InjectConnectorHttp('notion') readonly http: HttpService) {}
      transform(value: unknown) {
        return value;
      }
    }
    @Catch()
    class LinearFilter {
      constructor(@InjectConnectorHttp('linear') readonly http: HttpService) {}
      catch() {
        return undefined;
      }
    }
    @Injectable()
    class BoxMiddleware implements NestMiddleware {
      constructor(@InjectConnectorHttp('box') readonly http: HttpService) {}
      use(_request: unknown, _response: unknown, next: () => void) {
        next();
      }
    }
    @Controller()
    @UseGuards(SlackGuard)
    @UseInterceptors(GithubInterceptor)
    class GuardedController {
      @Get()
      @UsePipes(NotionPipe)
      @UseFilters(LinearFilter)
      get() {
        return {};
      }
    }
    @Module({ imports: [features], controllers: [GuardedController] })
    class GuardedModule implements NestModule {
      configure(consumer: MiddlewareConsumer) {
        consumer.apply(BoxMiddleware).forRoutes('*path');
      }
    }

    await expect(getRequired({ imports: [GuardedModule] })).resolves.toEqual({
      slack: ['SlackGuard'],
      github: ['GithubInterceptor'],
      notion: ['NotionPipe'],
      linear: ['LinearFilter'],
      box: ['BoxMiddleware'],
    });
  });

  it('lists the own decorators of an overridden handler, and the inherited ones of the others', async () => {
    abstract class BaseController {
      @Get('list')
      list(@ConnectorToken('github') token: string): string {
        return token;
      }

      @Get('other')
      other(@ConnectorToken('slack') token: string): string {
        return token;
      }
    }
    @Controller()
    class ChildController extends BaseController {
      @Get('list')
      override list(@ConnectorToken('notion') token: string): string {
        return token;
      }
    }

    await expect(getRequired({ controllers: [ChildController] })).resolves.toEqual({
      notion: ['ChildController.list'],
      slack: ['ChildController.other'],
    });
  });

  describe('does not list what an overriding handler does not use:', () => {
    abstract class BaseController {
      @Get('list')
      list(@ConnectorToken('github') value: string, ..._rest: string[]): unknown {
        return value;
      }
    }

    it('a parameter that has another decorator', async () => {
      @Controller()
      class ChildController extends BaseController {
        @Get('list')
        override list(@Query('q') value: string) {
          return value;
        }
      }
      await expect(getRequired({ controllers: [ChildController] })).resolves.toEqual({});
    });

    it('a method that is not a handler', async () => {
      @Controller()
      class ChildController extends BaseController {
        override list() {
          return [];
        }
      }
      await expect(getRequired({ controllers: [ChildController] })).resolves.toEqual({});
    });

    it('injections that a subclass replaces', async () => {
      abstract class BaseService {
        @InjectConnectorHttp('slack')
        readonly property!: unknown;

        constructor(@InjectConnectorHttp('github') readonly parameter: unknown) {}
      }
      @Injectable()
      class ChildService extends BaseService {
        @Inject(ConnectorsService)
        declare readonly property: ConnectorsService;

        constructor(@InjectConnectorHttp('notion') parameter: HttpService) {
          super(parameter);
        }
      }
      await expect(getRequired({ providers: [ChildService] })).resolves.toEqual({
        notion: ['ChildService'],
      });
    });
  });

  it('lists the inherited parameters that an overriding handler keeps', async () => {
    abstract class BaseController {
      @Get('list')
      list(
        @ConnectorToken('github') github: string,
        @ConnectorToken('slack') slack: string,
      ): unknown {
        return [github, slack];
      }
    }
    @Controller()
    class ChildController extends BaseController {
      @Get('list')
      override list(github: string, @Query('q') slack: string) {
        return [github, slack];
      }
    }
    await expect(getRequired({ controllers: [ChildController] })).resolves.toEqual({
      github: ['ChildController.list'],
    });
  });
});
