import { HttpService } from '@nestjs/axios';
import {
  Body,
  Controller,
  Get,
  Injectable,
  type ModuleMetadata,
  type OnModuleInit,
  Post,
  ValidationPipe,
} from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { IsString } from 'class-validator';
import { firstValueFrom } from 'rxjs';
import {
  ConnectorHttp,
  type ConnectorRef,
  ConnectorsConfigurationError,
  ConnectorsModule,
  type ConnectorsModuleOptions,
  InjectConnectorHttp,
  InvalidConnectorError,
} from 'nestjs-base44-connectors';
import { toOptions } from '../support/to-options.js';
import { closeAfterTest } from '../support/close-after-test.js';
import {
  getHeader,
  type RecordedRequest,
  startRecordingServer,
  type RecordingServer,
} from '../support/recording-server.js';
import {
  startBase44,
  CALENDAR,
  toCredentials,
  getUserToken,
  readUserToken,
} from '../identity/ambient-identity.fixture.js';
import { json, getSentToken } from '../provider-calls/provider-calls.fixture.js';

/** An application whose handlers call one provider, with or without users. */
async function start(
  metadata: ModuleMetadata,
  options: Pick<ConnectorsModuleOptions, 'request'> = { request: { appUserToken: readUserToken } },
) {
  const { base44, users } = await startBase44(['anna', 'ben']);
  base44.connect('acme', { accessToken: 'acme-1' });
  const provider = await startRecordingServer((arrived, response) => {
    json(response, 200, { token: getSentToken(arrived) });
  });
  const baseURL = provider.url;
  const module = await Test.createTestingModule({
    ...metadata,
    imports: [
      ConnectorsModule.forRoot({ ...toOptions(base44), ...options }),
      ConnectorsModule.forFeature([
        { connector: CALENDAR, baseURL },
        { connector: 'acme', baseURL },
      ]),
    ],
  }).compile();
  const app = module.createNestApplication();
  app.useGlobalPipes(
    new ValidationPipe({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      validateCustomDecorators: true,
    }),
  );
  closeAfterTest(() => app.close());
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const [anna, ben] = users.map((user) => ({
    token: getUserToken(user),
    get: async (path: string): Promise<unknown> =>
      (await fetch(`${url}/${path}`, { headers: toCredentials(user) })).json(),
    post: (path: string, body: unknown) =>
      fetch(`${url}/${path}`, {
        method: 'POST',
        headers: { ...toCredentials(user), 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
  })) as [User, User];
  return { provider, anna, ben };
}

type Started = Awaited<ReturnType<typeof start>>;

interface User {
  readonly token: string;
  get(path: string): Promise<unknown>;
  post(path: string, body: unknown): Promise<Response>;
}

const tokenSeen = async (http: HttpService): Promise<unknown> =>
  (await firstValueFrom(http.get('/me'))).data as unknown;

const marksOn = ({ headers }: RecordedRequest): string[] =>
  headers.filter(([name]) => name.toLowerCase().startsWith('x-mark')).map(([name]) => name);

const marksAt = (provider: RecordingServer): string[][] => provider.requests.map(marksOn);

/** Marks all later requests. */
function mark({ axiosRef }: HttpService, name: string): number {
  return axiosRef.interceptors.request.use((config) => {
    config.headers.set(name, '1');
    return config;
  });
}

/** An application that adds interceptors and defaults to its injected `HttpService`. */
function traced(connector: ConnectorRef): ModuleMetadata {
  @Injectable()
  class TracingService implements OnModuleInit {
    constructor(@InjectConnectorHttp(connector) readonly http: HttpService) {}

    onModuleInit(): void {
      const { axiosRef } = this.http;
      mark(this.http, 'X-Mark-Of-Application');
      const ejected = mark(this.http, 'X-Mark-Ejected');
      axiosRef.interceptors.request.eject(ejected);
      axiosRef.defaults.headers.common['X-Mark-Default'] = '1';
      axiosRef.interceptors.response.use((response) => {
        response.data = { ...(response.data as object), isTraced: true };
        return response;
      });
    }
  }

  @Controller()
  class TracedController {
    constructor(readonly tracing: TracingService) {}

    @Get('parameter')
    parameter(@ConnectorHttp(connector) http: HttpService) {
      return tokenSeen(http);
    }

    @Get('injected')
    injected() {
      return tokenSeen(this.tracing.http);
    }

    /** Adds an interceptor and a default to this request's `HttpService`. */
    @Get('adding')
    adding(@ConnectorHttp(connector) http: HttpService) {
      mark(http, 'X-Mark-Of-Handler');
      http.axiosRef.defaults.headers.common['X-Mark-Handler-Default'] = '1';
      http.axiosRef.interceptors.response.use((response) => {
        response.data = { ...(response.data as object), isHandlers: true };
        return response;
      });
      return tokenSeen(http);
    }
  }
  return { controllers: [TracedController], providers: [TracingService] };
}

const OF_APPLICATION = ['X-Mark-Default', 'X-Mark-Of-Application'];

describe('The HttpService of @ConnectorHttp', () => {
  const expectTraced = async ({ provider, anna }: Started, token: string) => {
    const answer = { token, isTraced: true };
    await expect(anna.get('injected')).resolves.toEqual(answer);
    await expect(anna.get('parameter')).resolves.toEqual(answer);
    const marks = marksAt(provider).map((marksOfOne) => marksOfOne.sort());
    expect(marks).toEqual([OF_APPLICATION, OF_APPLICATION]);
  };

  it('has the interceptors and defaults of the injected one', async () => {
    const started = await start(traced(CALENDAR));
    await expectTraced(started, started.anna.token);
  });

  it('has them also in an application without users', async () => {
    await expectTraced(await start(traced('acme'), {}), 'acme-1');
  });

  it('does not share additions of a handler with other requests', async () => {
    const { provider, anna, ben } = await start(traced(CALENDAR));
    await expect(anna.get('adding')).resolves.toEqual({
      token: anna.token,
      isTraced: true,
      isHandlers: true,
    });
    for (const user of [anna, ben]) {
      const answer = { token: user.token, isTraced: true };
      await expect(user.get('parameter')).resolves.toEqual(answer);
      await expect(user.get('injected')).resolves.toEqual(answer);
    }
    const [first, ...later] = marksAt(provider).map((marks) => marks.sort());
    expect(first).toEqual([
      'X-Mark-Default',
      'X-Mark-Handler-Default',
      'X-Mark-Of-Application',
      'X-Mark-Of-Handler',
    ]);
    expect(later).toEqual(Array.from({ length: 4 }, () => OF_APPLICATION));
  });

  it('does not share them in an application without users either', async () => {
    const { provider, anna } = await start(traced('acme'), {});
    for (const path of ['adding', 'parameter', 'injected']) await anna.get(path);
    const [first, ...later] = marksAt(provider).map((marks) => marks.sort());
    expect(first).toContain('X-Mark-Of-Handler');
    expect(later).toEqual([OF_APPLICATION, OF_APPLICATION]);
  });

  it('acts for the same user after the end of the request', async () => {
    const kept: HttpService[] = [];
    @Controller()
    class KeepingController {
      @Get('keep')
      keep(@ConnectorHttp(CALENDAR) http: HttpService) {
        kept.push(http);
        return {};
      }
    }
    const { provider, anna, ben } = await start({ controllers: [KeepingController] });
    await anna.get('keep');
    await ben.get('keep');
    await Promise.all(kept.map(tokenSeen));
    expect(provider.requests.map(getSentToken).sort()).toEqual([anna.token, ben.token].sort());
  });

  it('works beside a body that a pipe validates and converts', async () => {
    class Meeting {
      @IsString()
      title!: string;
    }
    @Controller()
    class MeetingsController {
      @Post('meetings')
      async create(@ConnectorHttp(CALENDAR) http: HttpService, @Body() meeting: Meeting) {
        await firstValueFrom(http.post('/meetings', meeting));
        return { isConverted: meeting instanceof Meeting };
      }
    }
    const { provider, anna } = await start({ controllers: [MeetingsController] });
    const created = await anna.post('meetings', { title: 'Planning' });
    await expect(created.json()).resolves.toEqual({ isConverted: true });
    const refused = await anna.post('meetings', { title: 'Planning', room: 1 });
    expect(refused.status).toBe(400);
    expect(provider.requests).toHaveLength(1);
    const [request] = provider.requests as [RecordedRequest];
    expect(JSON.parse(request.body)).toEqual({ title: 'Planning' });
    expect(getHeader(request, 'authorization')).toBe(`Bearer ${anna.token}`);
  });
});

describe('@ConnectorHttp and @InjectConnectorHttp throw when they are applied to', () => {
  class CalendarController {
    readonly events = [];
  }

  it.each<[ConnectorRef, object, string]>([
    ['../secrets', {}, 'Integration type must be 1 to 128 letters'],
    [{ appUserConnector: '' }, {}, 'Connector ID is required and must be a string'],
    ['slack', { optinal: true }, "'optinal' is not an option."],
  ])('%p with %p, and say where', (connector, options, problem) => {
    const apply = () => {
      ConnectorHttp(connector, options)(CalendarController.prototype, 'list', 0);
    };
    expect(apply).toThrow(ConnectorsConfigurationError);
    expect(apply).toThrow(`@ConnectorHttp() on CalendarController.list: ${problem}`);
  });

  it('a constructor, in the case of @ConnectorHttp', () => {
    expect(() => {
      ConnectorHttp('slack')(CalendarController, undefined, 0);
    }).toThrow('@ConnectorHttp() on the constructor of CalendarController: only parameters');
  });

  it('an injected connector that is not well-formed', () => {
    expect(() => InjectConnectorHttp('../secrets')).toThrow(InvalidConnectorError);
    expect(() => InjectConnectorHttp({ appUserConnector: '' })).toThrow(InvalidConnectorError);
  });
});
