import {
  Controller,
  type DynamicModule,
  Get,
  Inject,
  Injectable,
  type InjectionToken,
  Scope,
} from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import { Transport } from '@nestjs/microservices';
import { Test, type TestingModule } from '@nestjs/testing';
import {
  ConnectorsConfigurationError,
  ConnectorsModule,
  type ConnectorsModuleExtras,
  ConnectorsService,
  ConnectorToken,
  ServiceRoleClient,
} from 'nestjs-base44-connectors';
import { catchError } from '../support/async.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { findFreePort } from '../support/free-port.js';

const OPTIONS = { appId: 'app1', serviceToken: 'svc' };

@Injectable({ scope: Scope.REQUEST })
class RequestScoped {}

@Injectable({ scope: Scope.REQUEST, durable: true })
class Durable {}

@Injectable({ scope: Scope.TRANSIENT })
class Transient {}

@Controller()
class TokensController {
  constructor(readonly connectors: ConnectorsService) {}

  @Get()
  get(@ConnectorToken('slack') token: string) {
    return token;
  }
}

const compile = (imports: DynamicModule[]): Promise<TestingModule> =>
  Test.createTestingModule({ imports, controllers: [TokensController] }).compile();

const startHttp = async (imports: DynamicModule[]): Promise<string> => {
  const app = (await compile(imports)).createNestApplication({ logger: false });
  closeAfterTest(() => app.close());
  await app.init();
  return 'started';
};

const startMicroservice = async (imports: DynamicModule[]): Promise<string> => {
  const port = await findFreePort();
  const options = { transport: Transport.TCP, options: { host: '127.0.0.1', port }, logger: false };
  const app = (await compile(imports)).createNestMicroservice(options as never);
  closeAfterTest(() => app.close());
  await app.listen();
  return 'started';
};

const startContext = async (imports: DynamicModule[]): Promise<string> => {
  const context = await compile(imports);
  closeAfterTest(() => context.close());
  await context.init();
  return 'started';
};

const injecting = (token: InjectionToken, extras: ConnectorsModuleExtras = {}): DynamicModule =>
  ConnectorsModule.forRootAsync({
    inject: [token],
    useFactory: () => OPTIONS,
    extraProviders: [RequestScoped, Durable, Transient],
    ...extras,
  });

describe.each([
  ['an HTTP application', startHttp],
  ['a microservice', startMicroservice],
  ['an application without a server', startContext],
])('In %s', (_, start) => {
  it.each([
    ['REQUEST', REQUEST],
    ['a request-scoped provider', RequestScoped],
    ['a durable provider', Durable],
  ])('options that inject %s fail startup with the remedy', async (_name, token) => {
    const error = await catchError(start([injecting(token)]));
    expect(error).toBeInstanceOf(ConnectorsConfigurationError);
    expect(error.message).toContain('The options of ConnectorsModule depend on a request');
    expect(error.message).toContain('configure request: { appUserToken }');
  });

  it('options of a named instance that inject REQUEST fail startup, and not those beside it', async () => {
    const connectors = ConnectorsModule.forRoot(OPTIONS);
    await expect(start([connectors, injecting(REQUEST, { name: 'crm' })])).rejects.toThrow(
      'depend on a request',
    );
    await expect(start([connectors, injecting(Transient, { name: 'crm' })])).resolves.toBe(
      'started',
    );
  });

  it('a client that injects REQUEST fails startup with the remedy', async () => {
    const useFactory = () => ({ fetchConnection: () => Promise.reject(new Error('not expected')) });
    const connectors = ConnectorsModule.forRoot({
      ...OPTIONS,
      extraProviders: [{ provide: ServiceRoleClient, inject: [REQUEST], useFactory }],
    });
    const error = await catchError(start([connectors]));
    expect(error).toBeInstanceOf(ConnectorsConfigurationError);
    expect(error.message).toContain('fetchConnection() receives the identity of each request');
  });

  it('options that inject a transient provider are accepted', async () => {
    await expect(start([injecting(Transient)])).resolves.toBe('started');
  });
});

it('an options factory that injects REQUEST fails startup with the remedy', async () => {
  @Injectable()
  class RequestOptions {
    constructor(@Inject(REQUEST) readonly request: unknown) {}

    createConnectorsOptions() {
      return OPTIONS;
    }
  }
  const connectors = ConnectorsModule.forRootAsync({ useClass: RequestOptions });
  await expect(startHttp([connectors])).rejects.toThrow('depend on a request');
});
