import { Controller, Module } from '@nestjs/common';
import {
  ClientProxyFactory,
  MessagePattern,
  type MicroserviceOptions,
  Transport,
} from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { firstValueFrom } from 'rxjs';
import { ConnectorConnection, ConnectorToken } from 'nestjs-base44-connectors';
import {
  describeTransport,
  type StartTransport,
  type TransportApp,
} from './connector-token.fixture.js';
import { findFreePort } from '../support/free-port.js';

@Controller()
class HandlersController {
  @MessagePattern('token')
  token(@ConnectorToken('slack') token: string) {
    return { token };
  }

  @MessagePattern('connection')
  connection(@ConnectorConnection('slack') connection: ConnectorConnection) {
    return connection;
  }

  @MessagePattern('optional')
  optional(@ConnectorToken('notion', { optional: true }) token: string | null) {
    return { token };
  }

  @MessagePattern('named')
  named(@ConnectorToken('slack', { instance: 'crm' }) token: string) {
    return { token };
  }

  @MessagePattern('missing')
  missing(@ConnectorToken('notion') token: string) {
    return { token };
  }
}

@Module({ controllers: [HandlersController] })
class HandlersModule {}

const compile = (imports: Parameters<StartTransport>[0]) =>
  Test.createTestingModule({ imports: [...imports, HandlersModule] }).compile();

function createTcpClient(port: number, close: () => Promise<void>): TransportApp {
  const client = ClientProxyFactory.create({
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port },
  });
  return {
    ask: (handler) => firstValueFrom(client.send<unknown>(handler, { text: ' hello ' })),
    close: async () => {
      await client.close();
      await close();
    },
  };
}

const startMicroservice: StartTransport = async (imports, pipes) => {
  const port = await findFreePort();
  const module = await compile(imports);
  const app = module.createNestMicroservice<MicroserviceOptions>({
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port },
  });
  app.useGlobalPipes(...pipes);
  await app.listen();
  return createTcpClient(port, () => app.close());
};

const startHybrid: StartTransport = async (imports, pipes) => {
  const port = await findFreePort();
  const app = (await compile(imports)).createNestApplication();
  app.useGlobalPipes(...pipes);
  app.connectMicroservice<MicroserviceOptions>(
    { transport: Transport.TCP, options: { host: '127.0.0.1', port } },
    { inheritAppConfig: true },
  );
  await app.startAllMicroservices();
  await app.init();
  return createTcpClient(port, () => app.close());
};

const toClientError = (body: Record<string, unknown>) => ({ status: 'error', ...body });

describeTransport('TCP microservice', startMicroservice, toClientError);
describeTransport('TCP microservice of a hybrid application', startHybrid, toClientError);
