import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import {
  BadGatewayException,
  Controller,
  type DynamicModule,
  Get,
  type INestApplication,
  Injectable,
  Param,
} from '@nestjs/common';
import { ExternalContextCreator } from '@nestjs/core';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import { ClientProxyFactory, MessagePattern, RpcException, Transport } from '@nestjs/microservices';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { Test } from '@nestjs/testing';
import { SubscribeMessage, WebSocketGateway, WsException } from '@nestjs/websockets';
import { Octokit } from '@octokit/core';
import { LogLevel, WebClient } from '@slack/web-api';
import {
  ConnectorsExceptionFilter,
  type ConnectorsExceptionFilterOptions,
  ConnectorsModule,
  ConnectorsService,
} from 'nestjs-base44-connectors';
import { Base44Emulator, faults } from 'nestjs-base44-connectors/testing';
import { firstValueFrom } from 'rxjs';
import { io } from 'socket.io-client';
import { catchError } from '../support/async.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { findFreePort } from '../support/free-port.js';
import { toOptions } from '../support/to-options.js';

/** Fails as the SDKs do that call with `fetchFor`. */
@Injectable()
class SdkService {
  constructor(private readonly connectors: ConnectorsService) {}

  async fail(how: string): Promise<unknown> {
    switch (how) {
      case 'slack': {
        const fetch = this.connectors.fetchFor('slack');
        const options = { retryConfig: { retries: 0 }, logLevel: LogLevel.ERROR };
        const slack = new WebClient(undefined, { fetch, ...options });
        return slack.auth.test();
      }
      case 'octokit': {
        const octokit = new Octokit({ request: { fetch: this.connectors.fetchFor('github') } });
        return octokit.request('GET /user');
      }
      case 'both':
        return Promise.any([this.fail('slack'), this.fail('octokit')]);
      case 'http':
        throw new BadGatewayException('chosen', { cause: await catchError(this.fail('slack')) });
      case 'ws':
        throw new WsException(await catchError(this.fail('slack')));
      case 'rpc':
        throw new RpcException(await catchError(this.fail('slack')));
      default:
        throw new Error('of the application');
    }
  }
}

@Controller()
class SdkController {
  constructor(private readonly sdks: SdkService) {}

  @Get(':how')
  get(@Param('how') how: string) {
    return this.sdks.fail(how);
  }

  @MessagePattern('fail')
  handle(how: string) {
    return this.sdks.fail(how);
  }
}

@Resolver()
class SdkResolver {
  constructor(private readonly sdks: SdkService) {}

  @Query(() => String, { nullable: true })
  slack() {
    return this.sdks.fail('slack');
  }
}

@WebSocketGateway()
class SdkGateway {
  constructor(private readonly sdks: SdkService) {}

  @SubscribeMessage('fail')
  fail(_socket: unknown, how: string) {
    return this.sdks.fail(how);
  }
}

interface Started {
  readonly app: INestApplication;
  readonly base44: Base44Emulator;
  readonly logged: unknown[];
}

interface StartOptions {
  readonly exceptionFilter?: boolean | ConnectorsExceptionFilterOptions;
  readonly adapter?: ExpressAdapter;
  readonly filters?: readonly ConnectorsExceptionFilter[];
  readonly imports?: readonly DynamicModule[];
  /** Runs before the application listens. */
  readonly connect?: (app: INestApplication) => Promise<unknown>;
}

async function start({
  exceptionFilter = { findCauses: true },
  adapter = new ExpressAdapter(),
  filters = [],
  imports = [],
  connect,
}: StartOptions = {}): Promise<Started> {
  const base44 = await Base44Emulator.start();
  closeAfterTest(() => base44.close());
  const options = { ...toOptions(base44), resilience: { retries: 0 }, exceptionFilter };
  const module = await Test.createTestingModule({
    imports: [ConnectorsModule.forRoot(options), ...imports],
    controllers: [SdkController],
    providers: [SdkService, SdkResolver, SdkGateway],
  }).compile();
  const app = module.createNestApplication(adapter);
  app.useWebSocketAdapter(new IoAdapter(app));
  app.useGlobalFilters(...filters);
  const logged: unknown[] = [];
  app.useLogger({ log: () => undefined, warn: () => undefined, error: (m) => logged.push(m) });
  closeAfterTest(() => app.close());
  await connect?.(app);
  await app.listen(0, '127.0.0.1');
  return { app, base44, logged };
}

async function get({ app }: Started, path: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${await app.getUrl()}${path}`);
  return { status: response.status, body: await response.json() };
}

const notConnected = (connector: string): unknown => ({
  statusCode: 424,
  error: 'CONNECTOR_NOT_CONNECTED',
  message: expect.stringContaining(`Connector '${connector}' is not connected`) as string,
  retryable: false,
  connector,
});

describe('With findCauses, an error of an SDK that contains an error of a connector', () => {
  it.each([
    ['Express', () => new ExpressAdapter()],
    ['Fastify', () => new FastifyAdapter() as unknown as ExpressAdapter],
  ])('is the response of %s', async (_, adapter) => {
    const started = await start({ adapter: adapter() });
    for (const [how, connector] of [
      ['slack', 'slack'],
      ['octokit', 'github'],
      ['both', 'slack'],
    ] as const) {
      await expect(get(started, `/${how}`)).resolves.toEqual({
        status: 424,
        body: notConnected(connector),
      });
    }
    expect(started.logged).toEqual([]);
  });

  it('is logged with its handler', async () => {
    const started = await start();
    started.base44.fault({ respond: faults.status(500), times: Infinity });
    await expect(get(started, '/slack')).resolves.toMatchObject({ status: 503 });
    expect(started.logged).toEqual([
      expect.stringMatching(/^BASE44_UNAVAILABLE in SdkController\.get: /),
    ]);
  });

  it('is the response of a filter of the application', async () => {
    const filters = [new ConnectorsExceptionFilter({ findCauses: true })];
    const started = await start({ exceptionFilter: false, filters });
    await expect(get(started, '/slack')).resolves.toMatchObject({ status: 424 });
    await expect(get(started, '/other')).resolves.toMatchObject({ status: 500 });
  });

  it('is the error of a GraphQL query', async () => {
    const graphql = GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      autoSchemaFile: true,
    });
    const { app } = await start({ imports: [graphql] });
    const response = await fetch(`${await app.getUrl()}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ slack }' }),
    });
    await expect(response.json()).resolves.toMatchObject({
      errors: [{ extensions: { code: 'CONNECTOR_NOT_CONNECTED', connector: 'slack' } }],
    });
  });

  it('is the exception of a gateway', async () => {
    const { app } = await start();
    const socket = io(await app.getUrl(), { transports: ['websocket'] });
    closeAfterTest(() => socket.close());
    const emit = (how: string): Promise<unknown> =>
      new Promise((resolve) => {
        socket.once('exception', resolve);
        socket.emit('fail', how);
      });
    await expect(emit('slack')).resolves.toEqual({
      status: 'error',
      ...(notConnected('slack') as object),
    });
    await expect(emit('ws')).resolves.not.toHaveProperty('statusCode');
  });

  it('is the error of a microservice', async () => {
    const options = { host: '127.0.0.1', port: await findFreePort() };
    const connect = (app: INestApplication): Promise<unknown> => {
      app.connectMicroservice({ transport: Transport.TCP, options }, { inheritAppConfig: true });
      return app.startAllMicroservices();
    };
    await start({ connect });
    const client = ClientProxyFactory.create({ transport: Transport.TCP, options });
    closeAfterTest(() => client.close());
    const send = (how: string): Promise<unknown> => firstValueFrom(client.send('fail', how));
    await expect(send('slack')).rejects.toEqual({
      status: 'error',
      ...(notConnected('slack') as object),
    });
    await expect(send('rpc')).rejects.not.toHaveProperty('statusCode');
  });

  it('rejects unchanged in a handler of another library', async () => {
    const { app } = await start();
    const sdks = app.get(SdkService);
    const handle = app
      .get(ExternalContextCreator)
      .create(
        sdks,
        () => sdks.fail('slack'),
        'fail',
        undefined,
        undefined,
        undefined,
        undefined,
        undefined,
        'rmq',
      );
    await expect(handle()).rejects.toMatchObject({ code: 'slack_webapi_request_error' });
  });
});

describe('The response stays that of Nest', () => {
  it.each([
    ['an HttpException with a cause', '/http', 502, { findCauses: true }],
    ['an error without an error of a connector', '/other', 500, { findCauses: true }],
    ['an error of an SDK without findCauses', '/slack', 500, true],
  ])('for %s', async (_, path, status, exceptionFilter) => {
    const started = await start({ exceptionFilter });
    await expect(get(started, path)).resolves.toMatchObject({ status });
  });
});
