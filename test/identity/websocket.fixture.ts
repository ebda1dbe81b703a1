import { once } from 'node:events';
import type { INestApplication, Provider, Type, WebSocketAdapter } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { Test } from '@nestjs/testing';
import { io, type ManagerOptions, type SocketOptions } from 'socket.io-client';
import { WebSocket } from 'ws';
import { ConnectorsModule } from 'nestjs-base44-connectors';
import { closeAfterTest } from '../support/close-after-test.js';
import { toOptions } from '../support/to-options.js';
import {
  type Credentials,
  DeepModule,
  readUserToken,
  startBase44,
  type StartTransport,
} from './ambient-identity.fixture.js';

/** The message to which this is the response. */
export interface Asked {
  readonly id: number;
}

interface Received {
  readonly event: string;
  readonly data: { readonly id?: number; readonly answer?: unknown };
}

export const toAnswer = ({ id }: Asked, answer: unknown) => ({
  event: 'answer',
  data: { id, answer },
});

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
export type Connect = (url: string, credentials: Credentials) => Promise<Ask>;

export const connectWs: Connect = async (url, headers) => {
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

export const connectSocketIo =
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

export type Adapter = (app: INestApplication) => WebSocketAdapter;
export const ws: Adapter = (app) => new WsAdapter(app);
export const socketIo: Adapter = (app) => new IoAdapter(app);

export async function listen(
  imports: Parameters<StartTransport>[0],
  gateway: Type,
  adapter: Adapter,
  pipes: Parameters<StartTransport>[1] = [],
  providers: Provider[] = [],
) {
  const module = await Test.createTestingModule({
    imports,
    providers: [gateway, ...providers],
  }).compile();
  const app = module.createNestApplication();
  app.useWebSocketAdapter(adapter(app));
  app.useGlobalPipes(...pipes);
  closeAfterTest(() => app.close());
  await app.listen(0, '127.0.0.1');
  return app;
}

export const overWebSocket = connectSocketIo((extraHeaders) => ({
  extraHeaders,
  transports: ['websocket'],
}));

/** Boots an application with a gateway and two users. */
export async function bootGateway(gateway: Type, adapter: Adapter, providers: Provider[] = []) {
  const { base44, users } = await startBase44(['anna', 'ben']);
  const request = { appUserToken: readUserToken };
  const imports = [
    ConnectorsModule.forRoot({ ...toOptions(base44), request }),
    { module: DeepModule, global: true },
  ];
  const app = await listen(imports, gateway, adapter, [], providers);
  return { app, users, url: await app.getUrl() };
}
