import { EventEmitter } from 'node:events';
import {
  type DynamicModule,
  type INestApplicationContext,
  Inject,
  Injectable,
  Module,
  type OnModuleDestroy,
  type OnModuleInit,
  type PipeTransform,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import {
  AppUserRequiredError,
  ConnectorsModule,
  ConnectorsService,
  type IncomingRequest,
  type RequestOptions,
} from 'nestjs-base44-connectors';
import { Base44Emulator, type EmulatedAppUser } from 'nestjs-base44-connectors/testing';
import { toOptions } from '../support/to-options.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { type Outcome, settle, sleep, waitFor } from '../support/async.js';
import { globalPipes } from '../support/global-pipes.js';

/** A connector for which each user has a connection. */
export const CALENDAR = { appUserConnector: 'calendar1' };

/** The names of the handlers in every transport. `deep` calls a singleton service. */
export type HandlerName = 'token' | 'connection' | 'deep';

/** The credentials of a client: headers, or the payload of each message. */
export type Credentials = Readonly<Record<string, string>>;

export interface TransportClient {
  /** Rejects with the error that the client of the transport sees. */
  ask(handler: HandlerName): Promise<unknown>;
}

export interface TransportApp {
  readonly app: INestApplicationContext;
  readonly connect: (credentials: Credentials) => Promise<TransportClient>;
}

export type StartTransport = (
  imports: DynamicModule[],
  pipes: PipeTransform[],
) => Promise<TransportApp>;

export interface IdentityContract {
  readonly start: StartTransport;
  /** How clients of the transport see an error whose HTTP response has this body. */
  readonly toClientError: (body: Record<string, unknown>) => unknown;
  readonly appUserToken?: (request: IncomingRequest) => string | undefined;
  /** @default true */
  readonly hasHeaders?: boolean;
}

/** Resolves the token of the caller in timers, listeners and other asynchronous work. */
@Injectable()
export class DeepService implements OnModuleInit, OnModuleDestroy {
  static constructed = 0;
  /** Outcomes outside any request, also while requests are being handled. */
  readonly outsideRequests: Outcome[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(@Inject(ConnectorsService) private readonly connectors: ConnectorsService) {
    DeepService.constructed += 1;
  }

  async onModuleInit(): Promise<void> {
    await this.#askOutside();
    this.#timer = setInterval(() => void this.#askOutside(), 2);
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  async token(): Promise<string> {
    const { appUserConnector } = CALENDAR;
    return (await this.connectors.getCurrentAppUserConnection(appUserConnector)).accessToken;
  }

  /** Resolves the token in several places, which all give the same. */
  async tokens(): Promise<string[]> {
    await sleep(Math.random() * 8);
    await new Promise(setImmediate);
    const awaited = await this.token();
    const [inTimer, inListener, ...parallel] = await Promise.all([
      this.#inTimer(),
      this.#inListener(),
      sleep(Math.random() * 8).then(() => this.token()),
      this.token(),
    ]);
    return [awaited, inTimer, inListener, ...parallel];
  }

  #inTimer(): Promise<string> {
    return new Promise((resolve, reject) => {
      setTimeout(() => void this.token().then(resolve, reject), Math.random() * 8);
    });
  }

  #inListener(): Promise<string> {
    const events = new EventEmitter();
    const heard = new Promise<string>((resolve, reject) => {
      events.once('due', () => void this.token().then(resolve, reject));
    });
    setImmediate(() => events.emit('due'));
    return heard;
  }

  async #askOutside(): Promise<void> {
    this.outsideRequests.push(await settle(() => this.token()));
  }
}

@Module({ providers: [DeepService], exports: [DeepService] })
export class DeepModule {}

/** The common code of the handlers in all transports. */
@Injectable()
export class Handlers {
  static constructed = 0;

  constructor(@Inject(DeepService) protected readonly service: DeepService) {
    Handlers.constructed += 1;
  }
}

/** Starts a Base44 with a user for each name. The name is part of the user's token. */
export async function startBase44(
  names: readonly string[],
  options: Parameters<typeof Base44Emulator.start>[0] = {},
): Promise<{ base44: Base44Emulator; users: EmulatedAppUser[] }> {
  const base44 = await Base44Emulator.start(options);
  closeAfterTest(() => base44.close());
  const users = names.map((name) => base44.addAppUser(name));
  for (const user of users) base44.connect(CALENDAR, { accessToken: getUserToken(user) }, user);
  return { base44, users };
}

export const getUserToken = ({ id }: EmulatedAppUser): string => `token-of-${id}`;

const REQUEST_HEADER = 'x-user';

/** Reads the token that a client sent with {@link toCredentials}. */
export function readUserToken({ headers }: IncomingRequest): string | undefined {
  return (headers as Record<string, string | undefined>)[REQUEST_HEADER];
}

export const toCredentials = ({ token }: EmulatedAppUser): Credentials => ({
  [REQUEST_HEADER]: token,
});

/** Creates the headers of a request that Base44 forwards for one of its users. */
export const toForwardedHeaders = (
  { url, appId, serviceToken }: Base44Emulator,
  { token }: EmulatedAppUser,
): Credentials => ({
  authorization: `Bearer ${token}`,
  'base44-service-authorization': `Bearer ${serviceToken}`,
  'base44-app-id': appId,
  'base44-api-url': url,
});

/** The responses of the handlers to a user. */
const answers = (user: EmulatedAppUser) => ({
  token: { token: getUserToken(user) },
  connection: { accessToken: getUserToken(user), connectionConfig: null },
  deep: { tokens: Array.from({ length: 5 }, () => getUserToken(user)) },
});

/** Tests what holds for the identity of the caller in every transport. */
export function describeIdentity(
  transport: string,
  { start, toClientError, appUserToken = readUserToken, hasHeaders = true }: IdentityContract,
): void {
  const startApp = (
    base44: Base44Emulator,
    pipes: PipeTransform[] = [],
    request?: RequestOptions,
  ) =>
    start(
      [
        ConnectorsModule.forRoot({
          ...toOptions(base44),
          ...(request?.base44Headers ? { serviceToken: undefined } : {}),
          request: request ?? { appUserToken },
        }),
        { module: DeepModule, global: true },
      ],
      pipes,
    );

  describe(`the identity of the caller: ${transport}`, () => {
    describe.each(globalPipes)('with %s', (_, pipes) => {
      it('a handler gets the token and the connection of the user that appUserToken finds', async () => {
        const { base44, users } = await startBase44(['anna', 'ben']);
        const { connect } = await startApp(base44, pipes);
        for (const user of users) {
          const client = await connect(toCredentials(user));
          await expect(client.ask('token')).resolves.toEqual(answers(user).token);
          await expect(client.ask('connection')).resolves.toEqual(answers(user).connection);
        }
      });

      if (!hasHeaders) return;

      it('a handler gets the token and the connection of the user in the headers of Base44', async () => {
        const { base44, users } = await startBase44(['anna', 'ben']);
        const { connect } = await startApp(base44, pipes, { base44Headers: true });
        for (const user of users) {
          const client = await connect(toForwardedHeaders(base44, user));
          await expect(client.ask('token')).resolves.toEqual(answers(user).token);
          await expect(client.ask('connection')).resolves.toEqual(answers(user).connection);
        }
      });
    });

    it('a singleton service below the handler acts for the user', async () => {
      const { base44, users } = await startBase44(['anna', 'ben']);
      const { connect } = await startApp(base44);
      for (const user of users) {
        const client = await connect(toCredentials(user));
        await expect(client.ask('deep')).resolves.toEqual(answers(user).deep);
      }
    });

    it.each(['token', 'deep'] as const)('without a user, %s fails with 401', async (handler) => {
      const { base44 } = await startBase44([]);
      const { connect } = await startApp(base44);
      const client = await connect({});
      await expect(client.ask(handler)).rejects.toEqual(
        toClientError({
          statusCode: 401,
          retryable: false,
          error: 'APP_USER_REQUIRED',
          message: expect.stringContaining('signed-in user') as unknown,
          connector: CALENDAR.appUserConnector,
        }),
      );
      expect(base44.requests).toHaveLength(0);
    });

    it('at startup, and in a timer from then, no user is known', async () => {
      const { base44, users } = await startBase44(['anna']);
      const { app, connect } = await startApp(base44);
      const client = await connect(toCredentials(users[0]!));
      await Promise.all(Array.from({ length: 20 }, () => client.ask('deep')));
      const { outsideRequests } = app.get(DeepService);
      await waitFor(() => outsideRequests.length > 5);
      expect(new Set(outsideRequests.map(describeOutcome))).toEqual(
        new Set([AppUserRequiredError.name]),
      );
    });

    it('200 interleaved calls of 20 users never get the token of another', async () => {
      const { base44, users } = await startBase44(Array.from({ length: 20 }, (_, i) => `user${i}`));
      const { connect } = await startApp(base44);
      const clients = await Promise.all(users.map((user) => connect(toCredentials(user))));
      const handlers = ['deep', 'token', 'deep', 'connection', 'deep'] as const;
      const calls = Array.from({ length: 200 }, async (_, i) => {
        const handler = handlers[i % handlers.length]!;
        await sleep(Math.random() * 30);
        const answer = await clients[(i * 7) % 20]!.ask(handler);
        expect(answer).toEqual(answers(users[(i * 7) % 20]!)[handler]);
      });
      await Promise.all(calls);
    });

    it('requests share all instances', async () => {
      const { base44, users } = await startBase44(['anna']);
      Handlers.constructed = 0;
      DeepService.constructed = 0;
      const { app, connect } = await startApp(base44);
      const client = await connect(toCredentials(users[0]!));
      for (let calls = 0; calls < 5; calls += 1) {
        await client.ask('deep');
        await client.ask('token');
      }
      expect(Handlers.constructed).toBe(1);
      expect(DeepService.constructed).toBe(1);
      expect(app.get(ModuleRef).introspect(ConnectorsService).scope).toBe(0);
    });
  });
}

function describeOutcome(outcome: Outcome): string {
  return 'error' in outcome ? (outcome.error as Error).constructor.name : 'a token';
}
