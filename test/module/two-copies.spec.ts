import { HttpService } from '@nestjs/axios';
import {
  Controller,
  type DynamicModule,
  Get,
  Inject,
  Injectable,
  type INestApplication,
  type Type,
} from '@nestjs/common';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import * as own from 'nestjs-base44-connectors';
import * as ownTesting from 'nestjs-base44-connectors/testing';
import { getJson } from '../decorators/get-json.js';
import { catchError } from '../support/async.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { loadCopy, type PackageCopy } from '../support/package-copy.js';

const imported: PackageCopy = { core: own, testing: ownTesting };
let other: PackageCopy;

beforeAll(async () => {
  other = await loadCopy();
});

function createController({ core }: PackageCopy): Type {
  const { ConnectorToken, ConnectorConnection, ConnectorHttp } = core;

  @Controller()
  class TokensController {
    @Get('required')
    required(@ConnectorToken('slack') token: string) {
      return { token };
    }

    @Get('optional')
    optional(@ConnectorToken('notion', { optional: true }) token: string | null) {
      return { token };
    }

    @Get('missing')
    missing(@ConnectorConnection('notion') connection: unknown) {
      return { connection };
    }

    @Get('http')
    http(@ConnectorHttp('slack') http: HttpService) {
      return { baseURL: http.axiosRef.defaults.baseURL };
    }
  }
  return TokensController;
}

async function start(
  imports: DynamicModule[],
  metadata: { controllers?: Type[]; providers?: Type[] },
  override: (builder: TestingModuleBuilder) => TestingModuleBuilder = (builder) => builder,
): Promise<{ app: INestApplication; get: (path: string) => Promise<unknown> }> {
  const module = await override(Test.createTestingModule({ imports, ...metadata })).compile();
  const app = module.createNestApplication({ logger: false });
  closeAfterTest(() => app.close());
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  return { app, get: (path) => getJson(`${url}${path}`) };
}

const withTokens = ({ testing }: PackageCopy): DynamicModule =>
  testing.ConnectorsTestingModule.withTokens({ slack: 'xoxb-1' });

describe.each([
  ['the decorators of another copy', () => [imported, other] as const],
  ['the module of another copy', () => [other, imported] as const],
])('With %s of the package', (_, getCopies) => {
  it('handlers get their tokens, and clients the errors of this package', async () => {
    const [registered, decorating] = getCopies();
    const { get } = await start([withTokens(registered)], {
      controllers: [createController(decorating)],
    });
    await expect(get('/required')).resolves.toEqual({ token: 'xoxb-1' });
    await expect(get('/optional')).resolves.toEqual({ token: null });
    await expect(get('/missing')).resolves.toMatchObject({
      statusCode: 424,
      error: 'CONNECTOR_NOT_CONNECTED',
    });
    await expect(get('/http')).resolves.toEqual({ baseURL: 'https://slack.com/api' });
  });

  it('classes get the service by either class, and declarations apply', async () => {
    const [registered, using] = getCopies();
    @Injectable()
    class DigestService {
      constructor(
        @Inject(using.core.ConnectorsService) readonly connectors: own.ConnectorsService,
        @using.core.InjectConnectors() readonly injected: own.ConnectorsService,
        @Inject(registered.core.ConnectorsService) readonly registered: own.ConnectorsService,
        @using.core.InjectConnectorHttp('zendesk') readonly zendesk: HttpService,
      ) {}
    }
    const zendesk = { connector: 'zendesk', baseURL: 'https://{subdomain}.zendesk.com/api/v2' };
    const { app } = await start(
      [withTokens(registered), using.core.ConnectorsModule.forFeature([zendesk])],
      { providers: [DigestService] },
    );
    const digest = app.get(DigestService);
    expect([digest.connectors, digest.injected]).toEqual([digest.registered, digest.registered]);
    expect(digest.zendesk.axiosRef.defaults.baseURL).toBe(zendesk.baseURL);
    expect(digest.registered.requirements()).toEqual([
      { connector: 'zendesk', isOptional: false, needsToken: true, requiredBy: ['DigestService'] },
    ]);
  });

  it('handlers and services get the clients of SDKs', async () => {
    const [registered, using] = getCopies();
    const clients: object[] = [];
    const client = (send: typeof fetch) => clients[clients.push({ send }) - 1]!;
    @Controller()
    class ClientsController {
      constructor(@using.core.InjectConnectorClient('slack') private readonly shared: object) {}

      @Get()
      compare(@using.core.ConnectorClient('slack') given: object) {
        return [clients.indexOf(this.shared), clients.indexOf(given)];
      }
    }
    const feature = registered.core.ConnectorsModule.forFeature([{ connector: 'slack', client }]);
    const { get } = await start([withTokens(registered), feature], {
      controllers: [ClientsController],
    });
    await expect(get('/')).resolves.toEqual([0, 1]);
  });

  it('an application can provide a client under the token of either', async () => {
    const [registered, using] = getCopies();
    const useValue = {
      fetchConnection: () => Promise.resolve({ accessToken: 'own', connectionConfig: null }),
    };
    const { get } = await start(
      [
        registered.core.ConnectorsModule.forRoot({
          appId: 'app1',
          serviceToken: 'svc',
          extraProviders: [{ provide: using.core.ServiceRoleClient, useValue }],
        }),
      ],
      { controllers: [createController(using)] },
    );
    await expect(get('/required')).resolves.toEqual({ token: 'own' });
  });

  it('tests override the options of either', async () => {
    const [registered, using] = getCopies();
    const options = using.testing.ConnectorsTestingModule.options({ tokens: { slack: 'fixed' } });
    const { get } = await start(
      [registered.core.ConnectorsModule.forRoot({ appId: 'app1', serviceToken: 'svc' })],
      { controllers: [createController(registered)] },
      (builder) => builder.overrideProvider(using.core.CONNECTORS_MODULE_OPTIONS).useValue(options),
    );
    await expect(get('/required')).resolves.toEqual({ token: 'fixed' });
    await expect(get('/missing')).resolves.toMatchObject({ statusCode: 424 });
    await expect(get('/optional')).resolves.toEqual({ token: null });
  });
});

it('the error of a client of another copy is cached like an own one', async () => {
  let requests = 0;
  const getConnection = (connector: string) => {
    requests += 1;
    const error = new other.core.ConnectorNotConnectedError({ appId: 'app1', connector });
    return Promise.reject(error);
  };
  const connectors = own.ConnectorsModule.forRoot({ appId: 'app1', client: { getConnection } });
  const { app } = await start([connectors], {});
  for (let call = 0; call < 2; call += 1) {
    await expect(app.get(own.ConnectorsService).getConnection('slack')).rejects.toMatchObject({
      code: 'CONNECTOR_NOT_CONNECTED',
    });
  }
  expect(requests).toBe(1);
});

describe('Startup fails and names the copies of the package', () => {
  it('when both register the default instance', async () => {
    const error = await catchError(start([withTokens(imported), withTokens(other)], {}));
    expect(error.message).toContain('registered globally more than once');
    expect(error.message).toMatch(
      /This process has \d copies of nestjs-base44-connectors \(ES modules, /,
    );
  });

  it('when handlers have no module', async () => {
    const error = await catchError(start([], { controllers: [createController(other)] }));
    expect(error.message).toContain('no ConnectorsModule is available');
    expect(error.message).toMatch(
      /This process has \d copies of nestjs-base44-connectors \(ES modules, /,
    );
  });
});

describe('Errors of another copy', () => {
  it('are errors of this package', () => {
    const error = new other.core.ConnectorNotConnectedError({ appId: 'app1', connector: 'slack' });
    expect(error).toBeInstanceOf(own.ConnectorsError);
    expect(own.isConnectorsError(error)).toBe(true);
    expect(own.findConnectorsError(new Error('of an SDK', { cause: error }))).toBe(error);
    expect(new Error('other')).not.toBeInstanceOf(own.ConnectorsError);
  });

  it('are told apart by their classes within a copy', () => {
    const error = new own.ConnectorNotConnectedError({ appId: 'app1', connector: 'slack' });
    expect(error).toBeInstanceOf(own.ConnectorNotConnectedError);
    expect(error).not.toBeInstanceOf(own.InvalidConnectorError);
  });
});
