import type { Type } from '@nestjs/common';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { mergeMap, timer } from 'rxjs';
import {
  ConnectorConnection,
  ConnectorToken,
  type IncomingRequest,
} from 'nestjs-base44-connectors';
import { waitFor } from '../support/async.js';
import { findFreePort } from '../support/free-port.js';
import {
  CALENDAR,
  type Credentials,
  describeIdentity,
  getUserToken,
  Handlers,
  type StartTransport,
  toCredentials,
} from './ambient-identity.fixture.js';
import {
  type Adapter,
  type Asked,
  bootGateway,
  type Connect,
  connectSocketIo,
  connectWs,
  listen,
  overWebSocket,
  socketIo,
  toAnswer,
  ws,
} from './websocket.fixture.js';

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
  const boot = (gateway: Type) => bootGateway(gateway, adapter);

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

  it('acts for the user when it inherits its handlers from another gateway', async () => {
    @WebSocketGateway()
    class ChildGateway extends gatewayOn(0) {}
    const { users, url } = await boot(ChildGateway);
    const ask = await connect(url, toCredentials(users[1]!));
    await expect(ask('token')).resolves.toEqual({ token: getUserToken(users[1]!) });
  });
});
