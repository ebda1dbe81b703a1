import type { Type, WebSocketAdapter } from '@nestjs/common';
import {
  MessageBody,
  type OnGatewayDisconnect,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import { waitFor } from '../support/async.js';
import { getUserToken, Handlers, toCredentials } from './ambient-identity.fixture.js';
import {
  type Asked,
  bootGateway,
  connectWs,
  overWebSocket,
  socketIo,
  toAnswer,
  ws,
} from './websocket.fixture.js';

interface KickableSocket {
  terminate?(): void;
  disconnect?(close: boolean): void;
}

interface Hooks {
  handleDisconnect?: unknown;
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

/** An adapter whose servers emit no events. */
const withoutEvents = (): WebSocketAdapter & { dispose(): Promise<void> } => ({
  create: () => ({}),
  bindClientConnect: () => undefined,
  bindMessageHandlers: () => undefined,
  close: () => undefined,
  dispose: () => Promise.resolve(),
});

function inherited(Gateway: Type<HookRecorder>): Type<HookRecorder> {
  @WebSocketGateway()
  class ChildGateway extends Gateway {}
  return ChildGateway;
}

describe.each([
  ['ws', ws, connectWs],
  ['Socket.IO', socketIo, overWebSocket],
])('the hooks of a gateway on %s', (_, adapter, connect) => {
  const boot = (gateway: Type) => bootGateway(gateway, adapter);

  it.each([
    ['methods', gatewayWithMethods],
    ['properties', gatewayWithProperties],
    ['methods that it inherits', () => inherited(gatewayWithMethods())],
    ['properties that it inherits', () => inherited(gatewayWithProperties())],
  ])('act for the user of each socket: %s', async (_name, createGateway) => {
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

  it('act for nobody without a known handshake', async () => {
    const HooksGateway = gatewayWithMethods();
    const { app, users, url } = await boot(HooksGateway);
    const ask = await connect(url, toCredentials(users[0]!));
    const gateway = app.get<HookRecorder>(HooksGateway);
    await ask('handle unknown socket');
    await expect(gateway.disconnected[0]).rejects.toMatchObject({ code: 'APP_USER_REQUIRED' });
  });
});

describe('the hooks of a gateway', () => {
  it('run on a server that emits no events', async () => {
    const HooksGateway = gatewayWithMethods();
    const { app } = await bootGateway(HooksGateway, withoutEvents);
    expect(app.get<HookRecorder>(HooksGateway).servers).toHaveLength(1);
  });

  it('are wrapped once, also when the application looks the gateway up', async () => {
    const HooksGateway = gatewayWithMethods();
    const { app } = await bootGateway(HooksGateway, ws);
    const { handleDisconnect } = app.get<Hooks>(HooksGateway);
    expect(app.get<Hooks>(HooksGateway).handleDisconnect).toBe(handleDisconnect);
  });

  it('can be replaced and restored', async () => {
    const HooksGateway = gatewayWithMethods();
    const { app } = await bootGateway(HooksGateway, ws);
    const gateway = app.get<Hooks>(HooksGateway);
    const replaced = () => undefined;
    gateway.handleDisconnect = replaced;
    expect(gateway.handleDisconnect).toBe(replaced);
    delete gateway.handleDisconnect;
    const { prototype } = HooksGateway as { prototype: Hooks };
    expect(gateway.handleDisconnect).toBe(prototype.handleDisconnect);
  });
});
