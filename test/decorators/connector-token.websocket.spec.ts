import { once } from 'node:events';
import { type INestApplication, Module, type WebSocketAdapter } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { Test } from '@nestjs/testing';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { ConnectorConnection, ConnectorToken } from 'nestjs-base44-connectors';
import {
  describeTransport,
  type HandlerName,
  type StartTransport,
} from './connector-token.fixture.js';

const answer = (data: unknown) => ({ event: 'answer', data });

@WebSocketGateway()
class HandlersGateway {
  @SubscribeMessage('token')
  token(@ConnectorToken('slack') token: string) {
    return answer({ token });
  }

  @SubscribeMessage('connection')
  connection(@ConnectorConnection('slack') connection: ConnectorConnection) {
    return answer(connection);
  }

  @SubscribeMessage('optional')
  optional(@ConnectorToken('notion', { optional: true }) token: string | null) {
    return answer({ token });
  }

  @SubscribeMessage('named')
  named(@ConnectorToken('slack', { instance: 'crm' }) token: string) {
    return answer({ token });
  }

  @SubscribeMessage('missing')
  missing(@ConnectorToken('notion') token: string) {
    return answer({ token });
  }
}

@Module({ providers: [HandlersGateway] })
class HandlersModule {}

interface Client {
  ask(handler: HandlerName): Promise<{ event: string; data: unknown }>;
  close(): void;
}

const startOn =
  (
    adapter: (app: INestApplication) => WebSocketAdapter,
    connect: (port: number) => Promise<Client>,
  ): StartTransport =>
  async (imports, pipes) => {
    const module = await Test.createTestingModule({
      imports: [...imports, HandlersModule],
    }).compile();
    const app = module.createNestApplication();
    app.useWebSocketAdapter(adapter(app));
    app.useGlobalPipes(...pipes);
    await app.listen(0, '127.0.0.1');
    const { port } = new URL(await app.getUrl());
    const client = await connect(Number(port));
    return {
      ask: async (handler) => {
        const { event, data } = await client.ask(handler);
        if (event === 'answer') return data;
        throw Object.assign(new Error(event), { data });
      },
      close: async () => {
        client.close();
        await app.close();
      },
    };
  };

async function connectWs(port: number): Promise<Client> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  await once(socket, 'open');
  return {
    ask: async (handler) => {
      socket.send(JSON.stringify({ event: handler, data: { text: ' hello ' } }));
      const [message] = (await once(socket, 'message')) as [Buffer];
      return JSON.parse(message.toString()) as { event: string; data: unknown };
    },
    close: () => {
      socket.terminate();
    },
  };
}

async function connectSocketIo(port: number): Promise<Client> {
  const socket = io(`http://127.0.0.1:${port}`, { transports: ['websocket'] });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return {
    ask: (handler) =>
      new Promise((resolve) => {
        socket.onAny((event: string, data: unknown) => {
          socket.offAny();
          resolve({ event, data });
        });
        socket.emit(handler, { text: ' hello ' });
      }),
    close: () => {
      socket.disconnect();
    },
  };
}

const toClientError = (body: Record<string, unknown>) =>
  expect.objectContaining({ message: 'exception', data: { status: 'error', ...body } }) as unknown;

describeTransport(
  'WebSocket gateway on ws',
  startOn((app) => new WsAdapter(app), connectWs),
  toClientError,
);
describeTransport(
  'WebSocket gateway on Socket.IO',
  startOn((app) => new IoAdapter(app), connectSocketIo),
  toClientError,
);
