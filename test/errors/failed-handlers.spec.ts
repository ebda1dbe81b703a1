import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import {
  type CanActivate,
  Controller,
  Get,
  type INestApplication,
  Injectable,
  type LoggerService,
  type MiddlewareConsumer,
  Module,
  UseGuards,
} from '@nestjs/common';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import { ClientProxyFactory, MessagePattern, Transport } from '@nestjs/microservices';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { Test } from '@nestjs/testing';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  ConnectorsModule,
  ConnectorsService,
  ConnectorToken,
  ServiceRoleRequiredError,
} from 'nestjs-base44-connectors';
import { Base44Emulator, faults } from 'nestjs-base44-connectors/testing';
import { firstValueFrom } from 'rxjs';
import { io } from 'socket.io-client';
import { closeAfterTest } from '../support/close-after-test.js';
import { settle, waitFor } from '../support/async.js';
import { findFreePort } from '../support/free-port.js';
import { toOptions } from '../support/to-options.js';

const fail = (): never => {
  throw new ServiceRoleRequiredError('There is no service token.');
};

@Injectable()
class FailingGuard implements CanActivate {
  canActivate(): boolean {
    return fail();
  }
}

@Controller()
class AgendaController {
  constructor(private readonly connectors: ConnectorsService) {}

  @Get('decorated')
  decorated(@ConnectorToken('slack') token: string) {
    return token;
  }

  @Get('called')
  called() {
    return this.connectors.getAccessToken('slack');
  }

  @Get('guarded')
  @UseGuards(FailingGuard)
  guarded() {
    return 'not reached';
  }

  @Get('fine')
  fine() {
    return 'fine';
  }

  @MessagePattern('digest')
  digest(@ConnectorToken('slack') token: string) {
    return token;
  }
}

@Controller('inherited')
class InheritingController extends AgendaController {}

@Resolver()
class PostsResolver {
  @Query(() => String)
  posts(@ConnectorToken('slack') token: string) {
    return token;
  }
}

@WebSocketGateway()
class ChatGateway {
  @SubscribeMessage('send')
  send(@ConnectorToken('slack') token: string) {
    return token;
  }

  @SubscribeMessage('receive')
  receive(): never {
    return fail();
  }
}

@Module({
  controllers: [AgendaController, InheritingController],
  providers: [PostsResolver, ChatGateway],
})
class AppModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(fail).forRoutes('middleware');
  }
}

const GRAPHQL = GraphQLModule.forRoot<ApolloDriverConfig>({
  driver: ApolloDriver,
  autoSchemaFile: true,
});

interface RunningApp {
  readonly app: INestApplication;
  readonly url: string;
  readonly port: number;
  readonly lines: string[];
}

/** Starts an application with all transports, whose Base44 responds with a status, by default of an outage. */
async function start(adapter: ExpressAdapter, status = 500): Promise<RunningApp> {
  const base44 = await Base44Emulator.start();
  closeAfterTest(() => base44.close());
  base44.fault({ respond: faults.status(status), times: Infinity });
  const module = await Test.createTestingModule({
    imports: [
      ConnectorsModule.forRoot({ ...toOptions(base44), resilience: false }),
      ...(adapter instanceof ExpressAdapter ? [GRAPHQL] : []),
      AppModule,
    ],
  }).compile();
  const lines: string[] = [];
  const log: LoggerService['error'] = (message: unknown, ...rest: unknown[]) => {
    if (rest.at(-1) === 'ConnectorsExceptionFilter') lines.push(String(message));
  };
  const app = module.createNestApplication(adapter, { abortOnError: false });
  app.useLogger({ log, warn: log, error: log });
  app.useWebSocketAdapter(new IoAdapter(app));
  const port = await findFreePort();
  app.connectMicroservice(
    { transport: Transport.TCP, options: { host: '127.0.0.1', port } },
    { inheritAppConfig: true },
  );
  await app.startAllMicroservices();
  await app.listen(0, '127.0.0.1');
  closeAfterTest(() => app.close());
  return { app, url: await app.getUrl(), port, lines };
}

const OUTAGE = 'Base44 is unavailable: it responded with status 500. Try again later.';

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter() as unknown as ExpressAdapter],
])('The log line of ConnectorsExceptionFilter on %s', (name, adapter) => {
  it.each([
    ['decorated', `BASE44_UNAVAILABLE in AgendaController.decorated: ${OUTAGE}`],
    ['called', `BASE44_UNAVAILABLE in AgendaController.called: ${OUTAGE}`],
    ['inherited/called', `BASE44_UNAVAILABLE in InheritingController.called: ${OUTAGE}`],
    ['guarded', 'SERVICE_ROLE_REQUIRED in AgendaController.guarded: There is no service token.'],
    ['middleware', 'SERVICE_ROLE_REQUIRED: There is no service token.'],
  ])('names the handler of a request: %s', async (path, line) => {
    const { url, lines } = await start(adapter());
    await fetch(`${url}/fine`);
    await fetch(`${url}/${path}`);
    expect(lines).toEqual([line]);
  });

  it('names each handler of concurrent requests once', async () => {
    const { url, lines } = await start(adapter(), 401);
    const paths = ['decorated', 'called', 'guarded', 'inherited/called'];
    await Promise.all(
      paths
        .flatMap((path) => Array(5).fill(path) as string[])
        .map((path) => fetch(`${url}/${path}`)),
    );
    const counts = Object.fromEntries(
      [
        'AgendaController.decorated',
        'AgendaController.called',
        'AgendaController.guarded',
        'InheritingController.called',
      ].map((handler) => [
        handler,
        lines.filter((line) => line.includes(` in ${handler}: `)).length,
      ]),
    );
    expect(new Set(Object.values(counts))).toEqual(new Set([1]));
  });

  it('is one for all handlers while Base44 serves a page for maintenance', async () => {
    const { url, lines } = await start(adapter(), 200);
    await Promise.all(
      ['decorated', 'called', 'inherited/called'].map((path) => fetch(`${url}/${path}`)),
    );
    expect(lines).toEqual([expect.stringMatching(/^UNEXPECTED_RESPONSE in /)]);
  });

  if (name === 'Fastify') return;

  it('names the resolver of GraphQL', async () => {
    const { url, lines } = await start(adapter());
    await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ posts }' }),
    });
    expect(lines).toEqual([`BASE44_UNAVAILABLE in PostsResolver.posts: ${OUTAGE}`]);
  });

  it('names the handler of a gateway, for several messages of one client', async () => {
    const { url, lines } = await start(adapter());
    const socket = io(url, { transports: ['websocket'] });
    closeAfterTest(() => socket.close());
    socket.emit('send', 'text');
    socket.emit('receive', 'text');
    await waitFor(() => lines.length === 2);
    expect(lines.sort()).toEqual([
      `BASE44_UNAVAILABLE in ChatGateway.send: ${OUTAGE}`,
      'SERVICE_ROLE_REQUIRED in ChatGateway.receive: There is no service token.',
    ]);
  });

  it('names the handler of a message', async () => {
    const { port, lines } = await start(adapter());
    const client = ClientProxyFactory.create({
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port },
    });
    closeAfterTest(() => client.close());
    await settle(() => firstValueFrom(client.send('digest', {})));
    expect(lines).toEqual([
      expect.stringMatching(/^BASE44_UNAVAILABLE in \w+Controller\.digest: /),
    ]);
  });
});
