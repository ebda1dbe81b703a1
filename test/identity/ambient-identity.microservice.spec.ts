import { Controller, Module } from '@nestjs/common';
import {
  ClientProxyFactory,
  EventPattern,
  MessagePattern,
  type MicroserviceOptions,
  TcpContext,
  Transport,
} from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { defer, firstValueFrom, lastValueFrom, mergeMap, timer } from 'rxjs';
import {
  ConnectorConnection,
  ConnectorsModule,
  ConnectorToken,
  type IncomingRequest,
  type MicroserviceMessage,
} from 'nestjs-base44-connectors';
import { toOptions } from '../support/to-options.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { waitFor } from '../support/async.js';
import { findFreePort } from '../support/free-port.js';
import {
  startBase44,
  CALENDAR,
  type Credentials,
  toCredentials,
  DeepModule,
  describeIdentity,
  Handlers,
  type StartTransport,
  getUserToken,
} from './ambient-identity.fixture.js';

const noted: unknown[] = [];

@Controller()
class HandlersController extends Handlers {
  @MessagePattern('token')
  token(@ConnectorToken(CALENDAR) token: string) {
    return { token };
  }

  @MessagePattern('connection')
  connection(@ConnectorConnection(CALENDAR) connection: ConnectorConnection) {
    return connection;
  }

  @MessagePattern('deep')
  async deep() {
    return { tokens: await this.service.tokens() };
  }

  @MessagePattern('observable')
  observable() {
    return timer(1).pipe(mergeMap(() => defer(() => this.service.token())));
  }

  @EventPattern('noted')
  async note(@ConnectorToken(CALENDAR) token: string): Promise<void> {
    noted.push(token, await this.service.token());
  }
}

@Module({ controllers: [HandlersController] })
class HandlersModule {}

const compile = (imports: Parameters<StartTransport>[0]) =>
  Test.createTestingModule({ imports: [...imports, HandlersModule] }).compile();

/** All users share one connection. */
function createTcpClient(port: number) {
  const client = ClientProxyFactory.create({
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port },
  });
  closeAfterTest(() => client.close());
  return client;
}

function connectToMicroservice(port: number) {
  const client = createTcpClient(port);
  return async (credentials: Credentials) => ({
    ask: (pattern: string) => firstValueFrom(client.send<unknown>(pattern, credentials)),
    emit: (pattern: string) =>
      lastValueFrom(client.emit<unknown>(pattern, credentials), { defaultValue: undefined }),
  });
}

const listenOn = (port: number): MicroserviceOptions => ({
  transport: Transport.TCP,
  options: { host: '127.0.0.1', port },
});

const startMicroservice = async (...[imports, pipes]: Parameters<StartTransport>) => {
  const port = await findFreePort();
  const app = (await compile(imports)).createNestMicroservice(listenOn(port));
  app.useGlobalPipes(...pipes);
  await app.listen();
  closeAfterTest(() => app.close());
  return { app, connect: connectToMicroservice(port) };
};

const startHybrid =
  (inheritAppConfig: boolean) =>
  async (...[imports, pipes]: Parameters<StartTransport>) => {
    const port = await findFreePort();
    const app = (await compile(imports)).createNestApplication({ logger: false });
    app.useGlobalPipes(...pipes);
    app.connectMicroservice<MicroserviceOptions>(listenOn(port), { inheritAppConfig });
    await app.startAllMicroservices();
    await app.init();
    closeAfterTest(() => app.close());
    return { app, connect: connectToMicroservice(port) };
  };

const appUserToken = (request: IncomingRequest) =>
  ((request as MicroserviceMessage).data as Credentials)['x-user'];

const toClientError = (body: Record<string, unknown>) => ({ status: 'error', ...body });

describeIdentity('TCP microservice', {
  start: startMicroservice,
  toClientError,
  appUserToken,
  hasHeaders: false,
});

describeIdentity('TCP microservice of a hybrid application that inherits its enhancers', {
  start: startHybrid(true),
  toClientError,
  appUserToken,
  hasHeaders: false,
});

describeIdentity('TCP microservice of a hybrid application that inherits nothing', {
  start: startHybrid(false),
  toClientError: () => ({ status: 'error', message: 'Internal server error' }),
  appUserToken,
  hasHeaders: false,
});

describe.each([
  ['TCP microservice', startMicroservice],
  ['TCP microservice of a hybrid application', startHybrid(false)],
])('%s', (_, start) => {
  const startRecording = async (asked: MicroserviceMessage[] = []) => {
    const { base44, users } = await startBase44(['anna']);
    const request = {
      appUserToken: (message: IncomingRequest) => {
        asked.push(message as MicroserviceMessage);
        return appUserToken(message);
      },
    };
    const imports = [
      ConnectorsModule.forRoot({ ...toOptions(base44), request }),
      { module: DeepModule, global: true },
    ];
    const { connect } = await start(imports, []);
    return { connect, user: users[0]! };
  };

  it('appUserToken gets the payload and the context of the message', async () => {
    const asked: MicroserviceMessage[] = [];
    const { connect, user } = await startRecording(asked);
    await (await connect(toCredentials(user))).ask('token');
    const [{ data, context }] = asked.slice(-1) as [MicroserviceMessage];
    expect(data).toEqual(toCredentials(user));
    expect(context).toBeInstanceOf(TcpContext);
    expect((context as TcpContext).getPattern()).toBe('token');
  });

  it('acts for the user in an observable that a handler returns', async () => {
    const { connect, user } = await startRecording();
    const client = await connect(toCredentials(user));
    await expect(client.ask('observable')).resolves.toBe(getUserToken(user));
  });

  it('acts for the user in the handler of an event', async () => {
    const { connect, user } = await startRecording();
    noted.length = 0;
    await (await connect(toCredentials(user))).emit('noted');
    await waitFor(() => noted.length === 2);
    expect(noted).toEqual([getUserToken(user), getUserToken(user)]);
  });
});
