import { once } from 'node:events';
import { HttpService } from '@nestjs/axios';
import { WsAdapter } from '@nestjs/platform-ws';
import { Test } from '@nestjs/testing';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { map } from 'rxjs';
import { WebSocket } from 'ws';
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
  type HandlerName,
  HttpHandlers,
  ProfileService,
  type StartTransport,
} from './connector-http.fixture.js';

/** The message to which this is the response. */
interface Asked {
  readonly id: number;
}

const reply =
  ({ id }: Asked) =>
  (answer: unknown) => ({ event: 'answer', data: { id, answer } });

@WebSocketGateway()
class HandlersGateway extends HttpHandlers {
  @SubscribeMessage('parameter')
  async parameter(@MessageBody() asked: Asked, @ConnectorHttp('acme') http: HttpService) {
    return reply(asked)(await useHttp(http));
  }

  @SubscribeMessage('named')
  async named(
    @MessageBody() asked: Asked,
    @ConnectorHttp('acme', { instance: 'crm' }) http: HttpService,
  ) {
    return reply(asked)(await useHttp(http));
  }

  @SubscribeMessage('optional')
  async optional(
    @MessageBody() asked: Asked,
    @ConnectorHttp('later', { optional: true }) http: HttpService | null,
  ) {
    return reply(asked)(await useHttp(http));
  }

  @SubscribeMessage('missing')
  async missing(@MessageBody() asked: Asked, @ConnectorHttp('later') http: HttpService) {
    return reply(asked)(await useHttp(http));
  }

  @SubscribeMessage('user')
  async user(@MessageBody() asked: Asked, @ConnectorHttp(CALENDAR) http: HttpService) {
    return reply(asked)(await useHttp(http));
  }

  @SubscribeMessage('observable')
  observable(@MessageBody() asked: Asked, @ConnectorHttp(CALENDAR) http: HttpService) {
    return ask(http).pipe(map(reply(asked)));
  }

  @SubscribeMessage('fetch')
  async fetch(@MessageBody() asked: Asked, @ConnectorFetch(CALENDAR) send: typeof fetch) {
    return reply(asked)(await useFetch(send));
  }

  @SubscribeMessage('optionalFetch')
  async optionalFetch(
    @MessageBody() asked: Asked,
    @ConnectorFetch('later', { optional: true }) send: typeof fetch | null,
  ) {
    return reply(asked)(await useFetch(send));
  }

  @SubscribeMessage('client')
  async client(@MessageBody() asked: Asked, @ConnectorClient(CALENDAR) client: ProfileClient) {
    return reply(asked)(await useClient(client));
  }

  @SubscribeMessage('optionalClient')
  async optionalClient(
    @MessageBody() asked: Asked,
    @ConnectorClient('later', { optional: true }) client: ProfileClient | null,
  ) {
    return reply(asked)(await useClient(client));
  }

  @SubscribeMessage('injected')
  async injected(@MessageBody() asked: Asked) {
    return reply(asked)(await useHttp(this.profiles.calendar));
  }

  @SubscribeMessage('injectedObservable')
  injectedObservable(@MessageBody() asked: Asked) {
    return ask(this.profiles.calendar).pipe(map(reply(asked)));
  }
}

interface Received {
  readonly event: string;
  readonly data: { readonly id?: number; readonly answer?: unknown };
}

type Settle = (received: Received) => void;

/** Matches responses by the id of the message. Errors have no id, so they match the oldest message. */
class Conversation {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, Settle>();
  #lastId = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (message: Buffer) => {
      const received = JSON.parse(message.toString()) as Received;
      const id = received.data.id ?? [...this.#waiting.keys()][0]!;
      this.#waiting.get(id)?.(received);
      this.#waiting.delete(id);
    });
  }

  async ask(event: HandlerName): Promise<unknown> {
    const id = (this.#lastId += 1);
    const answered = new Promise<Received>((resolve) => this.#waiting.set(id, resolve));
    this.#socket.send(JSON.stringify({ event, data: { id } }));
    const received = await answered;
    if (received.event === 'answer') return received.data.answer;
    throw Object.assign(new Error(received.event), { data: received.data });
  }
}

const start: StartTransport = async (imports, pipes) => {
  const module = await Test.createTestingModule({
    imports,
    providers: [HandlersGateway, ProfileService],
  }).compile();
  const app = module.createNestApplication();
  app.useWebSocketAdapter(new WsAdapter(app));
  app.useGlobalPipes(...pipes);
  closeAfterTest(() => app.close());
  await app.listen(0, '127.0.0.1');
  const url = (await app.getUrl()).replace('http', 'ws');
  return {
    app,
    connect: async (headers) => {
      const socket = new WebSocket(url, { headers });
      closeAfterTest(() => {
        socket.terminate();
      });
      await once(socket, 'open');
      return new Conversation(socket);
    },
  };
};

describeConnectorHttp('a gateway on ws', {
  start,
  toClientError: (body) =>
    expect.objectContaining({
      message: 'exception',
      data: { status: 'error', ...body },
    }) as unknown,
});
