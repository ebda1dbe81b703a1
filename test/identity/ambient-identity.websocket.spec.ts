import { once } from 'node:events';
import { type INestApplication, type Type, type WebSocketAdapter } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { Test } from '@nestjs/testing';
import {
  MessageBody,
  type OnGatewayDisconnect,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import { mergeMap, timer } from 'rxjs';
import { io, type ManagerOptions, type SocketOptions } from 'socket.io-client';
import { WebSocket } from 'ws';
import {
  ConnectorConnection,
  ConnectorsModule,
  ConnectorToken,
  type IncomingRequest,
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
  readUserToken,
} from './ambient-identity.fixture.js';

/** The message to which this is the response. */
interface Asked {
  readonly id: number;
}

interface Received {
  readonly event: string;
  readonly data: { readonly id?: number; readonly answer?: unknown };
}

const toAnswer = ({ id }: Asked, answer: unknown) => ({ event: 'answer', data: { id, answer } });

/** Creates a gateway class for a port, because its metadata holds the port. 0 is that of the application. */
function gatewayOn(port: number) {
  @WebSocketGateway(port)
  class HandlersGateway extends Handlers {
    readonly connected: Promise<string>[] = [];

    handleConnection() {
      const token = this.service.token();
      token.catch(() => undefined);
      this.connected.push(token);
    }

    @SubscribeMessage('token')
    token(@MessageBody() asked: Asked, @ConnectorToken(CALENDAR) token: string) {
      return toAnswer(asked, { token });
    }

    @SubscribeMessage('connection')
    connection(
      @MessageBody() asked: Asked,
      @ConnectorConnection(CALENDAR) connection: ConnectorConnection,
    ) {
      return toAnswer(asked, connection);
    }

    @SubscribeMessage('deep')
    async deep(@MessageBody() asked: Asked) {
      return toAnswer(asked, { tokens: await this.service.tokens() });
    }

    @SubscribeMessage('observable')
    observable(@MessageBody() asked: Asked) {
      return timer(1).pipe(
        mergeMap(async () => toAnswer(asked, { token: await this.service.token() })),
      );
    }
  }
  return HandlersGateway;
}

interface KickableSocket {
  terminate?(): void;
  disconnect?(close: boolean): void;
}

/** Records for whom each hook of a gateway acts. */
class HookRecorder extends Handlers {
  readonly sockets: KickableSocket[] = [];
  readonly servers: unknown[] = [];
  readonly connected: Promise<string>[] = [];
  readonly disconnected: Promise<string>[] = [];

  protected record(tokens: Promise<string>[]): void {
    const token = this.service.token();
    token.catch(() => undefined);
    tokens.push(token);
  }

  @SubscribeMessage('kick')
  async kick(@MessageBody() asked: Asked) {
    const [first] = this.sockets;
    first?.terminate?.();
    first?.disconnect?.(true);
    return toAnswer(asked, { token: await this.service.token() });
  }

  @SubscribeMessage('handle unknown socket')
  handleUnknown(@MessageBody() asked: Asked) {
    (this as unknown as OnGatewayDisconnect).handleDisconnect({});
    return toAnswer(asked, {});
  }
}

function gatewayWithMethods(): Type<HookRecorder> {
  @WebSocketGateway()
  class MethodsGateway extends HookRecorder {
    afterInit(server: unknown) {
      this.servers.push(server);
    }

    handleConnection(socket: KickableSocket) {
      this.sockets.push(socket);
      this.record(this.connected);
    }

    handleDisconnect() {
      this.record(this.disconnected);
    }
  }
  return MethodsGateway;
}

function gatewayWithProperties(): Type<HookRecorder> {
  @WebSocketGateway()
  class PropertiesGateway extends HookRecorder {
    afterInit = (server: unknown) => this.servers.push(server);

    handleConnection = (socket: KickableSocket) => {
      this.sockets.push(socket);
      this.record(this.connected);
    };

    handleDisconnect = () => {
      this.record(this.disconnected);
    };
  }
  return PropertiesGateway;
}

function inherited(Gateway: Type<HookRecorder>): Type<HookRecorder> {
  @WebSocketGateway()
  class ChildGateway extends Gateway {}
  return ChildGateway;
}

/** Matches responses by the id of the message. Errors have no id, so they match the oldest message. */
class Conversation {
  readonly #waiting = new Map<number, PromiseWithResolvers>();
  #lastId = 0;

  ask(send: (asked: Asked) => void): Promise<unknown> {
    const id = (this.#lastId += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      send({ id });
    });
  }

  receive({ event, data }: Received): void {
    const id = data.id ?? [...this.#waiting.keys()][0]!;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (event === 'answer') waiting?.resolve(data.answer);
    else waiting?.reject(Object.assign(new Error(event), { data }));
  }
}

interface PromiseWithResolvers {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

type Ask = (event: string) => Promise<unknown>;
type Connect = (url: string, credentials: Credentials) => Promise<Ask>;

const connectWs: Connect = async (url, headers) => {
  const socket = new WebSocket(url.replace('http', 'ws'), { headers });
  closeAfterTest(() => {
    socket.terminate();
  });
  await once(socket, 'open');
  const conversation = new Conversation();
  socket.on('message', (message: Buffer) => {
    conversation.receive(JSON.parse(message.toString()) as Received);
  });
  return (event) =>
    conversation.ask((data) => {
      socket.send(JSON.stringify({ event, data }));
    });
};

const connectSocketIo =
  (optionsFor: (credentials: Credentials) => Partial<ManagerOptions & SocketOptions>): Connect =>
  async (url, credentials) => {
    const socket = io(url, { forceNew: true, ...optionsFor(credentials) });
    closeAfterTest(() => {
      socket.disconnect();
    });
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    const conversation = new Conversation();
    socket.onAny((event: string, data: Received['data']) => {
      conversation.receive({ event, data });
    });
    return (event) => conversation.ask((data) => socket.emit(event, data));
  };

type Adapter = (app: INestApplication) => WebSocketAdapter;
const ws: Adapter = (app) => new WsAdapter(app);
const socketIo: Adapter = (app) => new IoAdapter(app);

async function listen(
  imports: Parameters<StartTransport>[0],
  gateway: Type,
  adapter: Adapter,
  pipes: Parameters<StartTransport>[1] = [],
) {
  const module = await Test.createTestingModule({ imports, providers: [gateway] }).compile();
  const app = module.createNestApplication();
  app.useWebSocketAdapter(adapter(app));
  app.useGlobalPipes(...pipes);
  closeAfterTest(() => app.close());
  await app.listen(0, '127.0.0.1');
  return app;
}

const startOn =
  (adapter: Adapter, connect: Connect, ownPort = false): StartTransport =>
  async (imports, pipes) => {
    const port = ownPort ? await findFreePort() : 0;
    const app = await listen(imports, gatewayOn(port), adapter, pipes);
    const url = ownPort ? `http://127.0.0.1:${port}` : await app.getUrl();
    return {
      app,
      connect: async (credentials) => ({ ask: await connect(url, credentials) }),
    };
  };

const toClientError = (body: Record<string, unknown>) =>
  expect.objectContaining({ message: 'exception', data: { status: 'error', ...body } }) as unknown;

/** The `auth` of a Socket.IO client, in any shape. */
const userTokenInAuth = (handshake: IncomingRequest) =>
  (handshake as { readonly auth: Credentials }).auth['x-user'];

const inHeaders = connectSocketIo((extraHeaders) => ({ extraHeaders }));
const overWebSocket = connectSocketIo((extraHeaders) => ({
  extraHeaders,
  transports: ['websocket'],
}));
const inAuth = connectSocketIo((auth) => ({ auth, transports: ['websocket'] }));

describeIdentity("ws on the application's server", {
  start: startOn(ws, connectWs),
  toClientError,
});

describeIdentity('ws on a port of its own', { start: startOn(ws, connectWs, true), toClientError });

describeIdentity('Socket.IO, token in the headers', {
  start: startOn(socketIo, overWebSocket),
  toClientError,
});

describeIdentity('Socket.IO, long polling first', {
  start: startOn(socketIo, inHeaders),
  toClientError,
});

describeIdentity('Socket.IO on a port of its own, token in auth', {
  start: startOn(socketIo, inAuth, true),
  toClientError,
  appUserToken: userTokenInAuth,
  hasHeaders: false,
});

describe.each([
  ['ws', ws, connectWs],
  ['Socket.IO', socketIo, overWebSocket],
])('a gateway on %s', (_, adapter, connect) => {
  const boot = async (gateway: Type) => {
    const { base44, users } = await startBase44(['anna', 'ben']);
    const request = { appUserToken: readUserToken };
    const imports = [
      ConnectorsModule.forRoot({ ...toOptions(base44), request }),
      { module: DeepModule, global: true },
    ];
    const app = await listen(imports, gateway, adapter);
    return { app, users, url: await app.getUrl() };
  };

  it('acts for the user in an observable that a handler returns', async () => {
    const { users, url } = await boot(gatewayOn(0));
    const ask = await connect(url, toCredentials(users[0]!));
    await expect(ask('observable')).resolves.toEqual({ token: getUserToken(users[0]!) });
  });

  it('acts for the user while it handles the connection', async () => {
    const HandlersGateway = gatewayOn(0);
    const { app, users, url } = await boot(HandlersGateway);
    for (const user of users) await connect(url, toCredentials(user));
    const { connected } = app.get(HandlersGateway);
    await waitFor(() => connected.length === 2);
    await expect(Promise.all(connected)).resolves.toEqual(users.map(getUserToken));
  });

  it.each([
    ['methods', gatewayWithMethods],
    ['properties', gatewayWithProperties],
    ['methods that it inherits', () => inherited(gatewayWithMethods())],
    ['properties that it inherits', () => inherited(gatewayWithProperties())],
  ])('acts for the user of each socket in its hooks: %s', async (_name, createGateway) => {
    const HooksGateway = createGateway();
    const { app, users, url } = await boot(HooksGateway);
    const asks = [];
    for (const user of users) asks.push(await connect(url, toCredentials(user)));
    const gateway = app.get<HookRecorder>(HooksGateway);
    await waitFor(() => gateway.connected.length === 2);
    // The second user's handler disconnects the first user.
    await expect(asks[1]!('kick')).resolves.toEqual({ token: getUserToken(users[1]!) });
    await waitFor(() => gateway.disconnected.length === 1);
    expect(gateway.servers).toHaveLength(1);
    await expect(Promise.all(gateway.connected)).resolves.toEqual(users.map(getUserToken));
    await expect(gateway.disconnected[0]).resolves.toBe(getUserToken(users[0]!));
  });

  it('acts for nobody in a hook for a socket without a known handshake', async () => {
    const HooksGateway = gatewayWithMethods();
    const { app, users, url } = await boot(HooksGateway);
    const ask = await connect(url, toCredentials(users[0]!));
    const gateway = app.get<HookRecorder>(HooksGateway);
    await ask('handle unknown socket');
    await expect(gateway.disconnected[0]).rejects.toMatchObject({ code: 'APP_USER_REQUIRED' });
  });

  it('acts for the user when it inherits its handlers from another gateway', async () => {
    @WebSocketGateway()
    class ChildGateway extends gatewayOn(0) {}
    const { users, url } = await boot(ChildGateway);
    const ask = await connect(url, toCredentials(users[1]!));
    await expect(ask('token')).resolves.toEqual({ token: getUserToken(users[1]!) });
  });
});
