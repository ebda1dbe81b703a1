import { HttpService } from '@nestjs/axios';
import { Controller } from '@nestjs/common';
import {
  ClientProxyFactory,
  MessagePattern,
  type MicroserviceOptions,
  Transport,
} from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { firstValueFrom } from 'rxjs';
import {
  ConnectorClient,
  ConnectorFetch,
  ConnectorHttp,
  type IncomingRequest,
  type MicroserviceMessage,
} from 'nestjs-base44-connectors';
import { closeAfterTest } from '../support/close-after-test.js';
import { findFreePort } from '../support/free-port.js';
import {
  type ProfileClient,
  useClient,
  useFetch,
  useHttp,
  ask,
  CALENDAR,
  type Credentials,
  describeConnectorHttp,
  HttpHandlers,
  ProfileService,
  type StartTransport,
} from './connector-http.fixture.js';

@Controller()
class HandlersController extends HttpHandlers {
  @MessagePattern('parameter')
  parameter(@ConnectorHttp('acme') http: HttpService) {
    return useHttp(http);
  }

  @MessagePattern('named')
  named(@ConnectorHttp('acme', { instance: 'crm' }) http: HttpService) {
    return useHttp(http);
  }

  @MessagePattern('optional')
  optional(@ConnectorHttp('later', { optional: true }) http: HttpService | null) {
    return useHttp(http);
  }

  @MessagePattern('missing')
  missing(@ConnectorHttp('later') http: HttpService) {
    return useHttp(http);
  }

  @MessagePattern('user')
  user(@ConnectorHttp(CALENDAR) http: HttpService) {
    return useHttp(http);
  }

  @MessagePattern('observable')
  observable(@ConnectorHttp(CALENDAR) http: HttpService) {
    return ask(http);
  }

  @MessagePattern('fetch')
  fetch(@ConnectorFetch(CALENDAR) send: typeof fetch) {
    return useFetch(send);
  }

  @MessagePattern('optionalFetch')
  optionalFetch(@ConnectorFetch('later', { optional: true }) send: typeof fetch | null) {
    return useFetch(send);
  }

  @MessagePattern('client')
  client(@ConnectorClient(CALENDAR) client: ProfileClient) {
    return useClient(client);
  }

  @MessagePattern('optionalClient')
  optionalClient(@ConnectorClient('later', { optional: true }) client: ProfileClient | null) {
    return useClient(client);
  }

  @MessagePattern('injected')
  injected() {
    return useHttp(this.profiles.calendar);
  }

  @MessagePattern('injectedObservable')
  injectedObservable() {
    return ask(this.profiles.calendar);
  }
}

const compile = (imports: Parameters<StartTransport>[0]) =>
  Test.createTestingModule({
    imports,
    controllers: [HandlersController],
    providers: [ProfileService],
  }).compile();

const listenOn = (port: number): MicroserviceOptions => ({
  transport: Transport.TCP,
  options: { host: '127.0.0.1', port },
});

/** All users share one connection, and each message names its user. */
function connectToMicroservice(port: number) {
  const client = ClientProxyFactory.create(listenOn(port) as { transport: Transport.TCP });
  closeAfterTest(() => client.close());
  return async (credentials: Credentials) => ({
    ask: (handler: string) => firstValueFrom(client.send<unknown>(handler, credentials)),
  });
}

const startMicroservice: StartTransport = async (imports, pipes) => {
  const port = await findFreePort();
  const app = (await compile(imports)).createNestMicroservice(listenOn(port));
  app.useGlobalPipes(...pipes);
  closeAfterTest(() => app.close());
  await app.listen();
  return { app, connect: connectToMicroservice(port) };
};

const startHybrid: StartTransport = async (imports, pipes) => {
  const port = await findFreePort();
  const app = (await compile(imports)).createNestApplication();
  app.useGlobalPipes(...pipes);
  app.connectMicroservice<MicroserviceOptions>(listenOn(port), { inheritAppConfig: true });
  closeAfterTest(() => app.close());
  await app.startAllMicroservices();
  await app.init();
  return { app, connect: connectToMicroservice(port) };
};

const appUserToken = (request: IncomingRequest) =>
  ((request as MicroserviceMessage).data as Credentials)['x-user'];

const toClientError = (body: Record<string, unknown>) => ({ status: 'error', ...body });

describeConnectorHttp('TCP microservice', {
  start: startMicroservice,
  toClientError,
  appUserToken,
});
describeConnectorHttp('TCP microservice of a hybrid application', {
  start: startHybrid,
  toClientError,
  appUserToken,
});
