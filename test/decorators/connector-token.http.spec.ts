import { Controller, Get, type INestApplication, Module } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { ConnectorConnection, ConnectorToken } from 'nestjs-base44-connectors';
import { describeTransport, type StartTransport } from './connector-token.fixture.js';

@Controller()
class HandlersController {
  @Get('token')
  token(@ConnectorToken('slack') token: string) {
    return { token };
  }

  @Get('connection')
  connection(@ConnectorConnection('slack') connection: ConnectorConnection) {
    return connection;
  }

  @Get('optional')
  optional(@ConnectorToken('notion', { optional: true }) token: string | null) {
    return { token };
  }

  @Get('named')
  named(@ConnectorToken('slack', { instance: 'crm' }) token: string) {
    return { token };
  }

  @Get('missing')
  missing(@ConnectorToken('notion') token: string) {
    return { token };
  }
}

@Module({ controllers: [HandlersController] })
class HandlersModule {}

const startOn =
  (adapter: () => ExpressAdapter | FastifyAdapter): StartTransport =>
  async (imports, pipes) => {
    const module = await Test.createTestingModule({
      imports: [...imports, HandlersModule],
    }).compile();
    const app: INestApplication = module.createNestApplication(adapter() as ExpressAdapter);
    app.useGlobalPipes(...pipes);
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    return {
      ask: async (handler) => {
        const response = await fetch(`${url}/${handler}`);
        const body: unknown = await response.json();
        if (response.ok) return body;
        throw Object.assign(new Error('refused'), { status: response.status, body });
      },
      close: () => app.close(),
    };
  };

const toClientError = (body: Record<string, unknown>) =>
  expect.objectContaining({ status: body.statusCode, body }) as unknown;

describeTransport(
  'HTTP on Express',
  startOn(() => new ExpressAdapter()),
  toClientError,
);
describeTransport(
  'HTTP on Fastify',
  startOn(() => new FastifyAdapter()),
  toClientError,
);
