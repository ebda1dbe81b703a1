import { once } from 'node:events';
import {
  type CanActivate,
  Controller,
  type DynamicModule,
  Get,
  type NestInterceptor,
  type Provider,
  SetMetadata,
  type Type,
  UseGuards,
} from '@nestjs/common';
import { APP_INTERCEPTOR, Reflector } from '@nestjs/core';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { WsAdapter } from '@nestjs/platform-ws';
import { Test } from '@nestjs/testing';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { WebSocket } from 'ws';
import {
  ConnectorsModule,
  ConnectorsService,
  ConnectorToken,
  type IncomingRequest,
} from 'nestjs-base44-connectors';
import { settle } from '../support/async.js';
import { toOptions } from '../support/to-options.js';
import { closeAfterTest } from '../support/close-after-test.js';
import type { EmulatedAppUser } from 'nestjs-base44-connectors/testing';
import {
  startBase44,
  CALENDAR,
  type Credentials,
  toCredentials,
  DeepModule,
  Handlers,
  getUserToken,
  readUserToken,
} from './ambient-identity.fixture.js';

/** Creates new classes for each test. */
function gateways() {
  @WebSocketGateway()
  class SilentGateway extends Handlers {
    @SubscribeMessage('token')
    async token(@ConnectorToken(CALENDAR) token: string) {
      return { event: 'answer', data: [token, await this.service.token()] };
    }
  }

  @WebSocketGateway()
  class GreetingGateway extends SilentGateway {
    static greeted = 0;

    handleConnection() {
      GreetingGateway.greeted += 1;
    }
  }

  return { SilentGateway, GreetingGateway };
}

@Controller()
class HandlersController extends Handlers {
  @Get()
  get() {
    return this.service.token();
  }

  @MessagePattern('message')
  message() {
    return this.service.token();
  }

  @EventPattern('event')
  event(@ConnectorToken(CALENDAR) token: string) {
    return token;
  }
}

const createModule = (
  base44: Parameters<typeof toOptions>[0],
  appUserToken: (request: IncomingRequest) => string | undefined = readUserToken,
) => ConnectorsModule.forRoot({ ...toOptions(base44), request: { appUserToken } });

/** A provider without which no application starts. */
const failing: Provider = {
  provide: 'database',
  useFactory: () => Promise.reject(new Error('down')),
};

/** An interceptor that runs all handlers as a user. */
const runningAs = ({ token }: EmulatedAppUser): Provider => ({
  provide: APP_INTERCEPTOR,
  inject: [ConnectorsService],
  useFactory: (connectors: ConnectorsService): NestInterceptor => ({
    intercept: (_, next) => connectors.runAs({ userToken: token }, () => next.handle()),
  }),
});

async function listen(connectors: DynamicModule, gateway: Type, others: Provider[] = []) {
  const module = await Test.createTestingModule({
    imports: [connectors, { module: DeepModule, global: true }],
    controllers: [HandlersController],
    providers: [gateway, ...others],
  }).compile();
  const app = module.createNestApplication({ logger: false });
  app.useWebSocketAdapter(new WsAdapter(app));
  closeAfterTest(() => app.close());
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl() };
}

async function ask(url: string, headers: Credentials): Promise<unknown> {
  const socket = new WebSocket(url.replace('http', 'ws'), { headers });
  await once(socket, 'open');
  socket.send(JSON.stringify({ event: 'token' }));
  const [message] = (await once(socket, 'message')) as [Buffer];
  socket.terminate();
  return (JSON.parse(message.toString()) as { data: unknown }).data;
}

/** Lists the metadata of a class and its methods, without empty lists. */
function listEnhancers(target: Type): unknown[] {
  const members = Object.entries(Object.getOwnPropertyDescriptors(target.prototype as object));
  const values = members.map(([name, { value }]): [string, unknown] => [name, value]);
  return [['the class', target] as const, ...values].map(([name, value]) => ({
    name,
    value,
    metadata: typeof value === 'function' ? getMetadata(value) : [],
  }));
}

function getMetadata(target: object): unknown[] {
  const keys = Reflect.getOwnMetadataKeys(target) as string[];
  const entries = keys.map((key) => [key, Reflect.getOwnMetadata(key, target) as unknown] as const);
  return entries.filter(([, value]) => !(Array.isArray(value) && value.length === 0));
}

describe('an application changes no class that others may share:', () => {
  it.each(['SilentGateway', 'GreetingGateway'] as const)(
    'a %s, while it runs and after it has closed',
    async (name) => {
      const { [name]: gateway } = gateways();
      const before = listEnhancers(gateway);
      const { base44 } = await startBase44([]);
      const { app } = await listen(createModule(base44), gateway);
      expect(listEnhancers(gateway)).toEqual(before);
      await app.close();
      expect(listEnhancers(gateway)).toEqual(before);
    },
  );

  it('controllers and their message handlers', async () => {
    const before = listEnhancers(HandlersController);
    const { base44 } = await startBase44([]);
    await listen(createModule(base44), gateways().SilentGateway);
    expect(listEnhancers(HandlersController)).toEqual(before);
  });

  it('a gateway, when startup fails', async () => {
    const { GreetingGateway } = gateways();
    const before = listEnhancers(GreetingGateway);
    const { base44 } = await startBase44([]);
    await expect(listen(createModule(base44), GreetingGateway, [failing])).rejects.toThrow('down');
    expect(listEnhancers(GreetingGateway)).toEqual(before);
  });
});

describe('beside another application of the same classes', () => {
  it.each([
    ['that runs', []],
    ['that failed to start', [failing]],
  ])('%s, a gateway without the filter answers as Nest does', async (_, others) => {
    const { SilentGateway } = gateways();
    const { base44, users } = await startBase44(['anna']);
    await settle(() => listen(createModule(base44), SilentGateway, others));
    const options = { ...toOptions(base44), exceptionFilter: false };
    const { url } = await listen(ConnectorsModule.forRoot(options), SilentGateway);
    await expect(ask(url, toCredentials(users[0]!))).resolves.toMatchObject({
      status: 'error',
      message: 'Internal server error',
    });
  });

  it('a running one without the option request reads no users', async () => {
    const { SilentGateway } = gateways();
    const { base44, users } = await startBase44(['anna']);
    let asked = 0;
    const appUserToken = (): undefined => {
      asked += 1;
    };
    await listen(createModule(base44, appUserToken), SilentGateway);
    const { url } = await listen(ConnectorsModule.forRoot(toOptions(base44)), SilentGateway);
    await expect(ask(url, toCredentials(users[0]!))).resolves.toMatchObject({ statusCode: 401 });
    expect(asked).toBe(0);
  });
});

describe('after an application closes', () => {
  it('another application of the same classes knows its users', async () => {
    const { GreetingGateway } = gateways();
    const first = await startBase44(['anna']);
    let asked = 0;
    const appUserToken = (request: IncomingRequest) => {
      asked += 1;
      return readUserToken(request);
    };
    const { app } = await listen(createModule(first.base44, appUserToken), GreetingGateway);
    await app.close();
    asked = 0;
    const second = await startBase44(['ben']);
    const { url } = await listen(createModule(second.base44), GreetingGateway);
    const token = getUserToken(second.users[0]!);
    await expect(ask(url, toCredentials(second.users[0]!))).resolves.toEqual([token, token]);
    expect(asked).toBe(0);
    expect(GreetingGateway.greeted).toBe(1);
  });

  it('a running application of the same classes still knows its users', async () => {
    const { GreetingGateway } = gateways();
    const [first, second] = [await startBase44(['anna']), await startBase44(['ben'])];
    const closed = await listen(createModule(first.base44), GreetingGateway);
    const { url } = await listen(createModule(second.base44), GreetingGateway);
    await closed.app.close();
    const token = getUserToken(second.users[0]!);
    await expect(ask(url, toCredentials(second.users[0]!))).resolves.toEqual([token, token]);
    expect(GreetingGateway.greeted).toBe(1);
  });

  it('another application knows its users, also when the connection handler was restored', async () => {
    const { GreetingGateway } = gateways();
    const own = Object.getOwnPropertyDescriptor(GreetingGateway.prototype, 'handleConnection')!;
    const { base44, users } = await startBase44(['anna']);
    const { app } = await listen(createModule(base44), GreetingGateway);
    await app.close();
    // A spy restores the original method too.
    Object.defineProperty(GreetingGateway.prototype, 'handleConnection', own);
    const { url } = await listen(createModule(base44), GreetingGateway);
    const token = getUserToken(users[0]!);
    await expect(ask(url, toCredentials(users[0]!))).resolves.toEqual([token, token]);
  });

  it('an application without the option request knows no users', async () => {
    const { SilentGateway } = gateways();
    const { base44, users } = await startBase44(['anna']);
    const { app } = await listen(createModule(base44), SilentGateway);
    await app.close();
    const { url } = await listen(ConnectorsModule.forRoot(toOptions(base44)), SilentGateway);
    await expect(ask(url, toCredentials(users[0]!))).resolves.toMatchObject({ statusCode: 401 });
  });
});

it('a message acts for the user of an interceptor, when the module reads no users from requests', async () => {
  const { base44, users } = await startBase44(['anna']);
  const interceptor = runningAs(users[0]!);
  const options = ConnectorsModule.forRoot(toOptions(base44));
  const { url } = await listen(options, gateways().SilentGateway, [interceptor]);
  const token = getUserToken(users[0]!);
  await expect(ask(url, {})).resolves.toEqual([token, token]);
});

it('a route of a controller that also handles messages acts for the user of an interceptor', async () => {
  const { base44, users } = await startBase44(['anna', 'ben']);
  const interceptor = runningAs(users[1]!);
  const { url } = await listen(createModule(base44), gateways().SilentGateway, [interceptor]);
  const response = await fetch(url, { headers: toCredentials(users[0]!) });
  await expect(response.text()).resolves.toBe(getUserToken(users[1]!));
});

describe('enhancers of a gateway', () => {
  it('find the metadata of its class, and are called with its name', async () => {
    const seen: unknown[] = [];
    const guard: CanActivate = {
      canActivate: (context) => {
        const gateway = context.getClass();
        seen.push(gateway.name, new Reflector().get('room', gateway));
        return true;
      },
    };
    @WebSocketGateway()
    @SetMetadata('room', 'lobby')
    @UseGuards(guard)
    class LobbyGateway extends gateways().SilentGateway {}

    const { base44, users } = await startBase44(['anna']);
    const { url } = await listen(createModule(base44), LobbyGateway);
    const token = getUserToken(users[0]!);
    await expect(ask(url, toCredentials(users[0]!))).resolves.toEqual([token, token]);
    expect(seen).toEqual(['LobbyGateway', 'lobby']);
  });
});
