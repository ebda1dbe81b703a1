import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { All, Body, Controller, Module } from '@nestjs/common';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { ConnectorConnection, ConnectorToken } from 'nestjs-base44-connectors';
import { closeAfterTest } from '../support/close-after-test.js';
import {
  CALENDAR,
  describeIdentity,
  Handlers,
  type StartTransport,
} from './ambient-identity.fixture.js';

const SOCKETS = 4;

@Controller()
class HandlersController extends Handlers {
  @All('token')
  token(@ConnectorToken(CALENDAR) token: string) {
    return { token };
  }

  @All('connection')
  connection(@ConnectorConnection(CALENDAR) connection: ConnectorConnection) {
    return connection;
  }

  @All('deep')
  async deep(@Body() body?: { text: string }) {
    if (body?.text !== undefined) expect(body).toEqual(LARGE);
    return { tokens: await this.service.tokens() };
  }
}

@Module({ controllers: [HandlersController] })
class HandlersModule {}

const LARGE = { text: 'x'.repeat(400_000) };
const LARGE_JSON = JSON.stringify(LARGE);

const startOn =
  (adapter: () => ExpressAdapter | FastifyAdapter, method: 'GET' | 'POST'): StartTransport =>
  async (imports, pipes) => {
    const module = await Test.createTestingModule({
      imports: [...imports, HandlersModule],
    }).compile();
    const app = module.createNestApplication<NestExpressApplication>(adapter() as ExpressAdapter);
    if (app.getHttpAdapter().getType() === 'express') {
      app.useBodyParser('json', { limit: 1_000_000 });
    }
    app.useGlobalPipes(...pipes);
    await app.listen(0, '127.0.0.1');
    let sockets = 0;
    const server = app.getHttpServer();
    server.keepAliveTimeout = 60_000;
    server.on('connection', () => (sockets += 1));
    const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS });
    const url = await app.getUrl();
    closeAfterTest(async () => {
      agent.destroy();
      await app.close();
      expect(sockets).toBeLessThanOrEqual(SOCKETS);
    });
    return {
      app,
      connect: async (credentials) => ({
        ask: async (handler) => {
          const body = method === 'POST' ? LARGE_JSON : undefined;
          const headers = { ...credentials, 'content-type': 'application/json' };
          const sent = request(`${url}/${handler}`, { method, agent, headers }).end(body);
          const [response] = (await once(sent, 'response')) as [IncomingMessage];
          const answer = await json(response);
          if (response.statusCode! < 300) return answer;
          throw Object.assign(new Error('refused'), { status: response.statusCode, body: answer });
        },
      }),
    };
  };

const toClientError = (body: Record<string, unknown>) =>
  expect.objectContaining({ status: body.statusCode, body }) as unknown;

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('HTTP on %s', (_, adapter) => {
  describeIdentity('GET on few kept connections', {
    start: startOn(adapter, 'GET'),
    toClientError,
  });
  describeIdentity('POST of 400 KB on few kept connections', {
    start: startOn(adapter, 'POST'),
    toClientError,
  });
});
