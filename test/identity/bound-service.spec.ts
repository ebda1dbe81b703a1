import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { Controller, Get, type INestApplication, Module, Query, Req } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { Test } from '@nestjs/testing';
import { WebSocketGateway } from '@nestjs/websockets';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import {
  AppUserRequiredError,
  ConnectorsModule,
  ConnectorsService,
  type IncomingRequest,
} from 'nestjs-base44-connectors';
import type { EmulatedAppUser } from 'nestjs-base44-connectors/testing';
import { toOptions } from '../support/to-options.js';
import { openTestServer } from '../support/open-server.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { waitFor } from '../support/async.js';
import { createConnectorsModule } from '../support/create-connectors.js';
import {
  startBase44,
  CALENDAR,
  type Credentials,
  toCredentials,
  toForwardedHeaders,
  getUserToken,
  readUserToken,
} from './ambient-identity.fixture.js';

const arrived: IncomingRequest[] = [];

@Controller()
class ArrivalsController {
  @Get()
  arrive(@Req() request: IncomingRequest) {
    arrived.push(request);
    return 'arrived';
  }
}

@WebSocketGateway()
class ArrivalsGateway {
  handleConnection({ handshake }: { handshake?: IncomingRequest }, request?: IncomingRequest) {
    arrived.push(handshake ?? request!);
  }
}

@Module({ controllers: [ArrivalsController], providers: [ArrivalsGateway] })
class ArrivalsModule {}

type Send = (url: string, headers: Credentials) => unknown;

const viaFetch: Send = (url, headers) => fetch(url, { headers });

const viaWs: Send = (url, headers) => {
  const socket = new WebSocket(url.replace('http', 'ws'), { headers });
  closeAfterTest(() => {
    socket.terminate();
  });
};

const viaSocketIo: Send = (url, extraHeaders) => {
  const socket = io(url, { extraHeaders, transports: ['websocket'], forceNew: true });
  closeAfterTest(() => socket.disconnect());
};

async function listen(app: INestApplication): Promise<string> {
  closeAfterTest(() => app.close());
  await app.listen(0, '127.0.0.1');
  return app.getUrl();
}

/** Sends headers to an application without the module, and returns the request that it gets. */
const createArrivalOn =
  (adapter: () => unknown, send: Send) =>
  async (headers: Credentials): Promise<IncomingRequest> => {
    const module = await Test.createTestingModule({ imports: [ArrivalsModule] }).compile();
    const app = module.createNestApplication(adapter() as ExpressAdapter);
    app.useWebSocketAdapter(send === viaWs ? new WsAdapter(app) : new IoAdapter(app));
    arrived.length = 0;
    const url = await listen(app);
    await send(url, headers);
    await waitFor(() => arrived.length > 0);
    return arrived[0]!;
  };

async function arrivalOnNode(headers: Credentials): Promise<IncomingRequest> {
  const server = createServer((_, response) => response.end());
  const { url } = await openTestServer(server);
  const [[request]] = await Promise.all([
    once(server, 'request') as Promise<[IncomingMessage]>,
    fetch(url, { headers }),
  ]);
  return request;
}

const express = () => new ExpressAdapter();

const arrivals: [string, (headers: Credentials) => Promise<IncomingRequest> | IncomingRequest][] = [
  ['a request of Express', createArrivalOn(express, viaFetch)],
  ['a request of Fastify', createArrivalOn(() => new FastifyAdapter(), viaFetch)],
  ['a request of node:http', arrivalOnNode],
  ['a Request of Fetch', (headers) => new Request('http://127.0.0.1/', { headers })],
  ['the handshake of Socket.IO', createArrivalOn(express, viaSocketIo)],
  ['the request that opened a WebSocket', createArrivalOn(express, viaWs)],
];

const getToken = async (connectors: ConnectorsService): Promise<string> =>
  (await connectors.getCurrentAppUserConnection(CALENDAR.appUserConnector)).accessToken;

describe.each(arrivals)('forRequest, with %s', (_, toArrival) => {
  it('acts for the user in its headers of Base44', async () => {
    const { base44, users } = await startBase44(['anna']);
    const module = await createConnectorsModule({
      ...toOptions(base44),
      serviceToken: undefined,
      request: { base44Headers: true },
    });
    const request = await toArrival(toForwardedHeaders(base44, users[0]!));
    const connectors = module.get(ConnectorsService).forRequest(request);
    await expect(getToken(connectors)).resolves.toBe(getUserToken(users[0]!));
  });

  it('passes it to appUserToken unchanged', async () => {
    const { base44, users } = await startBase44(['anna']);
    const asked: IncomingRequest[] = [];
    const appUserToken = (request: IncomingRequest) => {
      asked.push(request);
      return users[0]!.token;
    };
    const module = await createConnectorsModule({
      ...toOptions(base44),
      request: { appUserToken },
    });
    const request = await toArrival({});
    const connectors = module.get(ConnectorsService).forRequest(request);
    await expect(getToken(connectors)).resolves.toBe(getUserToken(users[0]!));
    expect(asked[0]).toBe(request);
  });
});

type Work = () => Promise<unknown>;

/** The work of later requests. */
const works: Work[] = [];

@Controller()
class WorksController {
  @Get()
  async work(@Query('work') index: string) {
    return { done: await works[Number(index)]!() };
  }
}

describe('a service bound to a user, within the request of another user', () => {
  let connectors: ConnectorsService;
  let url: string;
  let anna: EmulatedAppUser;
  let ben: EmulatedAppUser;

  beforeEach(async () => {
    const { base44, users } = await startBase44(['anna', 'ben']);
    [anna, ben] = users as [EmulatedAppUser, EmulatedAppUser];
    const request = { appUserToken: readUserToken };
    const module = await Test.createTestingModule({
      imports: [ConnectorsModule.forRoot({ ...toOptions(base44), request })],
      controllers: [WorksController],
    }).compile();
    connectors = module.get(ConnectorsService);
    url = await listen(module.createNestApplication());
  });

  /** Runs work within the request of a user. */
  const within = async (user: EmulatedAppUser, work: Work): Promise<unknown> => {
    const index = works.push(work) - 1;
    const response = await fetch(`${url}?work=${index}`, { headers: toCredentials(user) });
    return ((await response.json()) as { done: unknown }).done;
  };

  it.each([
    ['asAppUser', () => connectors.asAppUser(ben.token)],
    ['forRequest', () => connectors.forRequest({ headers: toCredentials(ben) })],
  ])('%s acts for the bound user, and the rest of the request for its own', async (_, bound) => {
    const work = async () => {
      const before = await getToken(connectors);
      const both = await Promise.all([bound(), connectors, bound()].map(getToken));
      return [before, ...both, await getToken(connectors)];
    };
    const [a, b] = [anna, ben].map(getUserToken);
    await expect(within(anna, work)).resolves.toEqual([a, b, a, b, a]);
  });

  it.each([
    ['asAppUser', () => connectors.asAppUser('')],
    ['forRequest', () => connectors.forRequest({ headers: {} })],
  ])('%s without a user acts for no user', async (_, bound) => {
    const work = () => getToken(bound()).catch((error: unknown) => (error as Error).name);
    await expect(within(anna, work)).resolves.toBe(AppUserRequiredError.name);
  });

  it('stays bound in requests of other users and outside requests', async () => {
    let bound: ConnectorsService | undefined;
    await within(anna, async () => {
      bound = connectors.asAppUser(anna.token);
    });
    await expect(within(ben, () => getToken(bound!))).resolves.toBe(getUserToken(anna));
    await expect(getToken(bound!)).resolves.toBe(getUserToken(anna));
    await expect(getToken(connectors)).rejects.toThrow(AppUserRequiredError);
  });

  it.each([undefined, null])('asAppUser rejects the token %j', (token) => {
    expect(() => connectors.asAppUser(token as never)).toThrow(
      "runAs() and asAppUser() need the user's Base44 token as a string",
    );
  });

  it('asAppUser rejects a token that cannot be sent', async () => {
    await expect(getToken(connectors.asAppUser('two words'))).rejects.toThrow(
      "The token of the app's user must be a string without 'Bearer', spaces and line breaks",
    );
  });

  it('asAppUser works although the token of the request is invalid', async () => {
    const work = () => getToken(connectors.asAppUser(ben.token));
    await expect(within({ ...anna, token: 'two words' }, work)).resolves.toBe(getUserToken(ben));
  });

  it('can be bound to another user again', async () => {
    const work = () => getToken(connectors.asAppUser(anna.token).asAppUser(ben.token));
    await expect(within(anna, work)).resolves.toBe(getUserToken(ben));
  });
});
