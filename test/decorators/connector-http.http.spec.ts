import { HttpService } from '@nestjs/axios';
import { Controller, Get } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { ConnectorClient, ConnectorFetch, ConnectorHttp } from 'nestjs-base44-connectors';
import { closeAfterTest } from '../support/close-after-test.js';
import {
  type ProfileClient,
  useClient,
  useFetch,
  useHttp,
  ask,
  CALENDAR,
  describeConnectorHttp,
  HttpHandlers,
  ProfileService,
  type StartTransport,
} from './connector-http.fixture.js';

@Controller()
class HandlersController extends HttpHandlers {
  @Get('parameter')
  parameter(@ConnectorHttp('acme') http: HttpService) {
    return useHttp(http);
  }

  @Get('named')
  named(@ConnectorHttp('acme', { instance: 'crm' }) http: HttpService) {
    return useHttp(http);
  }

  @Get('optional')
  optional(@ConnectorHttp('later', { optional: true }) http: HttpService | null) {
    return useHttp(http);
  }

  @Get('missing')
  missing(@ConnectorHttp('later') http: HttpService) {
    return useHttp(http);
  }

  @Get('user')
  user(@ConnectorHttp(CALENDAR) http: HttpService) {
    return useHttp(http);
  }

  @Get('observable')
  observable(@ConnectorHttp(CALENDAR) http: HttpService) {
    return ask(http);
  }

  @Get('fetch')
  fetch(@ConnectorFetch(CALENDAR) send: typeof fetch) {
    return useFetch(send);
  }

  @Get('optionalFetch')
  optionalFetch(@ConnectorFetch('later', { optional: true }) send: typeof fetch | null) {
    return useFetch(send);
  }

  @Get('client')
  client(@ConnectorClient(CALENDAR) client: ProfileClient) {
    return useClient(client);
  }

  @Get('optionalClient')
  optionalClient(@ConnectorClient('later', { optional: true }) client: ProfileClient | null) {
    return useClient(client);
  }

  @Get('injected')
  injected() {
    return useHttp(this.profiles.calendar);
  }

  @Get('injectedObservable')
  injectedObservable() {
    return ask(this.profiles.calendar);
  }
}

const startOn =
  (adapter: () => ExpressAdapter | FastifyAdapter): StartTransport =>
  async (imports, pipes) => {
    const module = await Test.createTestingModule({
      imports,
      controllers: [HandlersController],
      providers: [ProfileService],
    }).compile();
    const app = module.createNestApplication(adapter() as ExpressAdapter);
    app.useGlobalPipes(...pipes);
    closeAfterTest(() => app.close());
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    return {
      app,
      connect: async (headers) => ({
        ask: async (handler) => {
          const response = await fetch(`${url}/${handler}`, { headers });
          const body: unknown = await response.json();
          if (response.ok) return body;
          throw Object.assign(new Error('refused'), { status: response.status, body });
        },
      }),
    };
  };

const toClientError = (body: Record<string, unknown>) =>
  expect.objectContaining({ status: body.statusCode, body }) as unknown;

describeConnectorHttp('HTTP on Express', {
  start: startOn(() => new ExpressAdapter()),
  toClientError,
});
describeConnectorHttp('HTTP on Fastify', {
  start: startOn(() => new FastifyAdapter()),
  toClientError,
});
