import { HttpService } from '@nestjs/axios';
import {
  type DynamicModule,
  type INestApplicationContext,
  Inject,
  Injectable,
  type PipeTransform,
} from '@nestjs/common';
import { firstValueFrom, map, type Observable } from 'rxjs';
import {
  ConnectorsModule,
  type IncomingRequest,
  InjectConnectorHttp,
} from 'nestjs-base44-connectors';
import { type Base44Emulator, type EmulatedAppUser } from 'nestjs-base44-connectors/testing';
import { toOptions } from '../support/to-options.js';
import { sleep } from '../support/async.js';
import { startRecordingServer, type RecordingServer } from '../support/recording-server.js';
import {
  startBase44,
  CALENDAR,
  type Credentials,
  toCredentials,
  getUserToken,
  readUserToken,
} from '../identity/ambient-identity.fixture.js';
import { globalPipes } from '../support/global-pipes.js';
import { json, getSentToken } from '../provider-calls/provider-calls.fixture.js';

export { CALENDAR, type Credentials };

/** The names of the handlers in every transport. */
export type HandlerName =
  | 'parameter'
  | 'named'
  | 'optional'
  | 'missing'
  | 'user'
  | 'observable'
  | 'injected'
  | 'injectedObservable'
  | 'fetch'
  | 'optionalFetch'
  | 'client'
  | 'optionalClient';

export interface TransportApp {
  readonly app: INestApplicationContext;
  readonly connect: (credentials: Credentials) => Promise<{
    /** Rejects with the error that the client of the transport sees. */
    ask(handler: HandlerName): Promise<unknown>;
  }>;
}

export type StartTransport = (
  imports: DynamicModule[],
  pipes: PipeTransform[],
) => Promise<TransportApp>;

interface ConnectorHttpContract {
  readonly start: StartTransport;
  /** How clients of the transport see an error whose HTTP response has this body. */
  readonly toClientError: (body: Record<string, unknown>) => unknown;
  readonly appUserToken?: (request: IncomingRequest) => string | undefined;
}

interface Seen {
  readonly token: string;
  readonly path: string;
}

/** The parts of a request that the provider checks. */
export const ask = (http: HttpService): Observable<Seen> =>
  http.get<Seen>('/me').pipe(map(({ data }) => data));

/** Its view of several requests, sent in every way while others are in flight. */
export async function askInEveryWay(http: HttpService): Promise<Seen[]> {
  await sleep(Math.random() * 8);
  const first = await firstValueFrom(ask(http));
  const others = await Promise.all([
    http.axiosRef.get<Seen>('/me').then(({ data }) => data),
    sleep(Math.random() * 8).then(() => firstValueFrom(ask(http))),
    http.axiosRef<Seen>({ url: '/me', method: 'post', data: {} }).then(({ data }) => data),
  ]);
  return [first, ...others];
}

/** The response of a handler that got an `HttpService`. */
export const useHttp = async (http: HttpService | null): Promise<object> => ({
  isHttpService: http instanceof HttpService,
  seen: http && (await askInEveryWay(http)),
});

/** The response of a handler that got a `fetch`. */
export const useFetch = async (send: typeof fetch | null): Promise<object> => ({
  seen: send && ((await (await send('/me')).json()) as Seen),
});

/** A client as an SDK has one. */
export class ProfileClient {
  constructor(readonly send: typeof fetch) {}
}

/** The response of a handler that got a client. */
export const useClient = async (client: ProfileClient | null): Promise<object> => ({
  isClient: client instanceof ProfileClient,
  ...(await useFetch(client?.send ?? null)),
});

/** A singleton whose injected `HttpService` acts with the identity of the caller. */
@Injectable()
export class ProfileService {
  static constructed = 0;

  constructor(@InjectConnectorHttp(CALENDAR) readonly calendar: HttpService) {
    ProfileService.constructed += 1;
  }
}

/** The common code of the handlers in all transports. */
@Injectable()
export class HttpHandlers {
  static constructed = 0;

  constructor(@Inject(ProfileService) protected readonly profiles: ProfileService) {
    HttpHandlers.constructed += 1;
  }
}

const toSeen = (token: string, path = '/v1/me') => ({ token, path });

const toUse = (token: string, path?: string) => ({
  isHttpService: true,
  seen: Array.from({ length: 4 }, () => toSeen(token, path)),
});

/** The responses of the handlers to a user. */
const toUses = (user: EmulatedAppUser) => ({
  user: toUse(getUserToken(user)),
  injected: toUse(getUserToken(user)),
  observable: toSeen(getUserToken(user)),
  injectedObservable: toSeen(getUserToken(user)),
});

interface Setting extends TransportApp {
  readonly base44: Base44Emulator;
  readonly users: EmulatedAppUser[];
  readonly provider: RecordingServer;
}

/** Tests what `@ConnectorHttp`, `@ConnectorFetch`, `@ConnectorClient` and the injected `HttpService` promise in every transport. */
export function describeConnectorHttp(
  transport: string,
  { start, toClientError, appUserToken = readUserToken }: ConnectorHttpContract,
): void {
  const boot = async (pipes: PipeTransform[] = []): Promise<Setting> => {
    const { base44, users } = await startBase44(['anna', 'ben']);
    const { base44: crm } = await startBase44([], { appId: 'crm-app' });
    base44.connect('acme', { accessToken: 'acme-1' });
    crm.connect('acme', { accessToken: 'acme-crm' });
    const provider = await startRecordingServer((request, response) => {
      json(response, 200, { token: getSentToken(request), path: request.path });
    });
    const baseURL = `${provider.url}/v1`;
    const client = (send: typeof fetch) => new ProfileClient(send);
    const started = await start(
      [
        ConnectorsModule.forRoot({
          ...toOptions(base44),
          request: { appUserToken },
          cache: { negativeTtlMs: 0 },
        }),
        ConnectorsModule.forRoot({ ...toOptions(crm), name: 'crm' }),
        ConnectorsModule.forFeature([
          { connector: 'acme', baseURL },
          { connector: 'later', baseURL, client },
          { connector: CALENDAR, baseURL, client },
          { connector: 'acme', baseURL: `${provider.url}/crm`, instance: 'crm' },
        ]),
      ],
      pipes,
    );
    return { ...started, base44, users, provider };
  };

  const answer = async ({ connect }: Setting, handler: HandlerName, credentials = {}) =>
    (await connect(credentials)).ask(handler);

  describe(`@ConnectorHttp, @ConnectorFetch, @ConnectorClient and @InjectConnectorHttp: ${transport}`, () => {
    describe.each(globalPipes)('with %s', (_, pipes) => {
      it('a handler gets an HttpService whose requests carry the token', async () => {
        const setting = await boot(pipes);
        await expect(answer(setting, 'parameter')).resolves.toEqual(toUse('acme-1'));
      });

      it('a handler gets the HttpService of the named instance', async () => {
        const setting = await boot(pipes);
        await expect(answer(setting, 'named')).resolves.toEqual(toUse('acme-crm', '/crm/me'));
        expect(setting.base44.requests).toHaveLength(0);
      });

      it('a handler gets null for an optional connector while it is not connected', async () => {
        const setting = await boot(pipes);
        const nothing = { isHttpService: false, seen: null };
        await expect(answer(setting, 'optional')).resolves.toEqual(nothing);
        setting.base44.connect('later', { accessToken: 'later-1' });
        await expect(answer(setting, 'optional')).resolves.toEqual(toUse('later-1'));
      });

      it('the HttpService of a handler acts for the calling user, and so does the injected one', async () => {
        const setting = await boot(pipes);
        for (const user of setting.users) {
          const client = await setting.connect(toCredentials(user));
          await expect(client.ask('user')).resolves.toEqual(toUses(user).user);
          await expect(client.ask('injected')).resolves.toEqual(toUses(user).injected);
        }
      });
    });

    it.each(globalPipes)('a handler gets the fetch of its user, with %s', async (_, pipes) => {
      const setting = await boot(pipes);
      for (const user of setting.users) {
        const seen = toSeen(getUserToken(user));
        await expect(answer(setting, 'fetch', toCredentials(user))).resolves.toEqual({ seen });
      }
    });

    it('a handler gets null in place of a fetch while the connector is not connected', async () => {
      const setting = await boot();
      await expect(answer(setting, 'optionalFetch')).resolves.toEqual({ seen: null });
      setting.base44.connect('later', { accessToken: 'later-1' });
      const seen = toSeen('later-1');
      await expect(answer(setting, 'optionalFetch')).resolves.toEqual({ seen });
    });

    it.each(globalPipes)('a handler gets the client of its user, with %s', async (_, pipes) => {
      const setting = await boot(pipes);
      for (const user of setting.users) {
        const expected = { isClient: true, seen: toSeen(getUserToken(user)) };
        await expect(answer(setting, 'client', toCredentials(user))).resolves.toEqual(expected);
      }
    });

    it('a handler gets null in place of a client while the connector is not connected', async () => {
      const setting = await boot();
      const nothing = { isClient: false, seen: null };
      await expect(answer(setting, 'optionalClient')).resolves.toEqual(nothing);
      setting.base44.connect('later', { accessToken: 'later-1' });
      const expected = { isClient: true, seen: toSeen('later-1') };
      await expect(answer(setting, 'optionalClient')).resolves.toEqual(expected);
    });

    it('a handler may return the observable of either', async () => {
      const setting = await boot();
      for (const user of setting.users) {
        const client = await setting.connect(toCredentials(user));
        const { observable, injectedObservable } = toUses(user);
        await expect(client.ask('observable')).resolves.toEqual(observable);
        await expect(client.ask('injectedObservable')).resolves.toEqual(injectedObservable);
      }
    });

    it('50 interleaved calls of two users each carry the token of the calling user', async () => {
      const { connect, users } = await boot();
      const clients = await Promise.all(users.map((user) => connect(toCredentials(user))));
      const handlers = [
        'user',
        'injected',
        'observable',
        'injected',
        'injectedObservable',
      ] as const;
      const calls = Array.from({ length: 50 }, async (_, i) => {
        const handler = handlers[i % handlers.length]!;
        await sleep(Math.random() * 30);
        const answered = await clients[i % 2]!.ask(handler);
        expect(answered).toEqual(toUses(users[i % 2]!)[handler]);
      });
      await Promise.all(calls);
    });

    it.each(['user', 'injected', 'fetch', 'client'] as const)(
      'without a user, %s fails with 401',
      async (handler) => {
        const setting = await boot();
        await expect(answer(setting, handler)).rejects.toEqual(
          toClientError({
            statusCode: 401,
            retryable: false,
            error: 'APP_USER_REQUIRED',
            message: expect.stringContaining('signed-in user') as unknown,
            connector: CALENDAR.appUserConnector,
          }),
        );
        expect([setting.base44.requests, setting.provider.requests]).toEqual([[], []]);
      },
    );

    it('a client gets the name of the connector that is not connected when a handler uses it', async () => {
      const setting = await boot();
      await expect(answer(setting, 'missing')).rejects.toEqual(
        toClientError({
          statusCode: 424,
          retryable: false,
          error: 'CONNECTOR_NOT_CONNECTED',
          message:
            `Connector 'later' is not connected in app ${setting.base44.appId}. ` +
            'Check its spelling. If Base44 has this connector, connect it under Integrations in the Base44 editor.',
          connector: 'later',
        }),
      );
    });

    it('requests share one HttpService', async () => {
      HttpHandlers.constructed = 0;
      ProfileService.constructed = 0;
      const setting = await boot();
      const client = await setting.connect(toCredentials(setting.users[0]!));
      for (const handler of ['user', 'injected', 'parameter', 'user'] as const) {
        await client.ask(handler);
      }
      expect([HttpHandlers.constructed, ProfileService.constructed]).toEqual([1, 1]);
    });
  });
}
