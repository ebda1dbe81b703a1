import { type HttpService } from '@nestjs/axios';
import {
  Controller,
  Get,
  Inject,
  Injectable,
  Module,
  type ModuleMetadata,
  type Type,
} from '@nestjs/common';
import { LazyModuleLoader } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import {
  ConnectorClient,
  type ConnectorFeature,
  ConnectorsConfigurationError,
  ConnectorsModule,
  type ConnectorsModuleOptions,
  ConnectorsService,
  getConnectorClientToken,
  InjectConnectorClient,
  InjectConnectorHttp,
  InvalidConnectorError,
} from 'nestjs-base44-connectors';
import {
  CALENDAR,
  getUserToken,
  readUserToken,
  startBase44,
  toCredentials,
} from '../identity/ambient-identity.fixture.js';
import { getSentToken } from '../provider-calls/provider-calls.fixture.js';
import { catchError } from '../support/async.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { startRecordingServer } from '../support/recording-server.js';
import { toOptions } from '../support/to-options.js';

/** A client as an SDK has one. */
class Client {
  constructor(readonly send: typeof fetch) {}

  /** Returns the token that the provider received. */
  async me(): Promise<string> {
    return (await this.send('/me')).text();
  }
}

const client = (send: typeof fetch): Client => new Client(send);

@Controller()
class AcmeController {
  @Get()
  me(@ConnectorClient('acme') acme: Client) {
    return acme.me();
  }
}

@Injectable()
class AcmeService {
  constructor(@InjectConnectorClient('acme') readonly acme: Client) {}
}

@Injectable()
class CalendarService {
  @InjectConnectorClient(CALENDAR) readonly calendar!: Client;
}

interface Setting extends ModuleMetadata {
  readonly options?: Partial<ConnectorsModuleOptions>;
  readonly feature?: Partial<ConnectorFeature>;
  readonly overrides?: Readonly<Record<string, object>>;
}

/** Starts an application with a client of the connector `acme`, and a provider that responds with the sent token. */
async function start({ options, feature, overrides = {}, imports = [], ...metadata }: Setting) {
  const { base44, users } = await startBase44(['ada', 'grace']);
  base44.connect('acme', { accessToken: 'acme-1' });
  const provider = await startRecordingServer((request, response) => {
    response.end(getSentToken(request));
  });
  const builder = Test.createTestingModule({
    ...metadata,
    imports: [
      ConnectorsModule.forRoot({
        ...toOptions(base44),
        request: { appUserToken: readUserToken },
        ...options,
      }),
      ConnectorsModule.forFeature([
        { connector: 'acme', baseURL: provider.url, client, ...feature },
      ]),
      ...imports,
    ],
  });
  for (const [token, value] of Object.entries(overrides)) {
    builder.overrideProvider(token).useValue(value);
  }
  const app = (await builder.compile()).createNestApplication({ logger: false });
  closeAfterTest(() => app.close());
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const get = async (headers = {}): Promise<string> => (await fetch(url, { headers })).text();
  return { app, base44, users, provider, get };
}

const boot = (metadata: ModuleMetadata) => Test.createTestingModule(metadata).compile();
const root = ConnectorsModule.forRoot({ appId: 'app1', serviceToken: 'svc_1' });

describe('@ConnectorClient', () => {
  it('injects another client in each request', async () => {
    const clients: Client[] = [];
    const feature = {
      client: (send: typeof fetch) => {
        clients.push(new Client(send));
        return clients.at(-1)!;
      },
    };
    const { get } = await start({ controllers: [AcmeController], feature });
    await expect(get()).resolves.toBe('acme-1');
    await expect(get()).resolves.toBe('acme-1');
    // The first one is the client that services share.
    expect(new Set(clients).size).toBe(3);
  });

  it('injects the client that an asynchronous function creates', async () => {
    const feature = { client: async (send: typeof fetch) => new Client(send) };
    const { get, app } = await start({
      controllers: [AcmeController],
      providers: [AcmeService],
      feature,
    });
    await expect(get()).resolves.toBe('acme-1');
    await expect(app.get(AcmeService).acme.me()).resolves.toBe('acme-1');
  });

  it('gives the function a service with the identity of the client', async () => {
    const feature: Partial<ConnectorFeature> = {
      connector: 'acme',
      client: (_, connectors) => ({
        me: async () => (await connectors.http('acme').axiosRef.get<string>('/me')).data,
      }),
    };
    const { base44, users, get, app } = await start({
      controllers: [AcmeController],
      providers: [AcmeService],
      feature,
    });
    await expect(get(toCredentials(users[0]!))).resolves.toBe('acme-1');
    expect(base44.requests.at(-1)?.headers['on-behalf-of']).toBe(`Bearer ${users[0]!.token}`);
    await app
      .get(ConnectorsService)
      .runAs({ userToken: users[1]!.token }, () => app.get(AcmeService).acme.me());
    expect(base44.requests.at(-1)?.headers['on-behalf-of']).toBeUndefined();
  });

  it.each([
    ['required', false],
    ['optional', true],
  ])('calls a metered connector: %s', async (_, optional) => {
    @Controller()
    class PostsController {
      @Get()
      async posts(@ConnectorClient('x', { optional }) x: Client) {
        return (await x.send('/2/tweets')).json();
      }
    }
    const { base44, get, app } = await start({
      controllers: [PostsController],
      imports: [ConnectorsModule.forFeature([{ connector: 'x', client }])],
    });
    base44.meter('x', { respond: () => ({ data: { posts: ['hi'] } }) });
    await expect(get()).resolves.toBe('{"posts":["hi"]}');
    expect(app.get(ConnectorsService).requirements()).toEqual([
      {
        connector: 'x',
        isOptional: optional,
        needsToken: false,
        requiredBy: ['PostsController.posts'],
      },
    ]);
  });

  it('gets the client of the named instance', async () => {
    const { base44: crm } = await startBase44([], { appId: 'crm-app' });
    crm.connect('acme', { accessToken: 'acme-crm' });
    const provider = await startRecordingServer((request, response) => {
      response.end(getSentToken(request));
    });
    @Controller()
    class CrmController {
      constructor(
        @InjectConnectorClient('acme', { instance: 'crm' }) private readonly injected: Client,
      ) {}

      @Get()
      async me(@ConnectorClient('acme', { instance: 'crm' }) acme: Client) {
        return [await acme.me(), await this.injected.me()];
      }
    }
    const { get } = await start({
      controllers: [CrmController],
      imports: [
        ConnectorsModule.forRoot({ ...toOptions(crm), name: 'crm' }),
        ConnectorsModule.forFeature([
          { connector: 'acme', instance: 'crm', baseURL: provider.url, client },
        ]),
      ],
    });
    await expect(get()).resolves.toBe('["acme-crm","acme-crm"]');
  });

  it.each<[string, ModuleMetadata]>([
    ['no module', { imports: [root] }],
    ['a declaration without client', { imports: [root, ConnectorsModule.forFeature(['slack'])] }],
  ])('fails startup when the module of the handler imports %s', async (_, { imports = [] }) => {
    @Controller()
    class SlackController {
      @Get()
      read(@ConnectorClient('slack') slack: object) {
        return slack;
      }
    }
    const start = async () => {
      const app = (await boot({ imports, controllers: [SlackController] })).createNestApplication();
      await app.init();
    };
    await expect(start()).rejects.toThrow(
      new ConnectorsConfigurationError(
        "RootTestModule has handlers with @ConnectorClient('slack'), but imports no module that declares its client. " +
          "Import it in RootTestModule: ConnectorsModule.forFeature([{ connector: 'slack', client: (fetch) => new … }]).",
      ),
    );
  });

  it('throws where it is applied, and says where', () => {
    const apply = (): void => {
      ConnectorClient('../secrets')(AcmeController.prototype, 'me', 0);
    };
    expect(apply).toThrow(ConnectorsConfigurationError);
    expect(apply).toThrow('@ConnectorClient() on AcmeController.me: Integration type must be');
    expect(() => InjectConnectorClient('../secrets')).toThrow(InvalidConnectorError);
  });

  it('fails startup when the function returns no client', async () => {
    const broken = { connector: 'slack', client: () => undefined as unknown as object };
    await expect(boot({ imports: [root, ConnectorsModule.forFeature([broken])] })).rejects.toThrow(
      "The function client of connector 'slack' in ConnectorsModule.forFeature() returned no client.",
    );
  });

  it.each(['acme', CALENDAR])('injects the client that a test provides: %p', async (connector) => {
    const token = getConnectorClientToken(connector);
    @Controller()
    class FakedController {
      constructor(@InjectConnectorClient(connector) private readonly injected: Client) {}

      @Get()
      async me(@ConnectorClient(connector) given: Client) {
        return [await given.me(), await this.injected.me()];
      }
    }
    const fake = { me: () => 'fake' };
    const { get, users } = await start({
      controllers: [FakedController],
      feature: { connector },
      overrides: { [token]: fake },
    });
    await expect(get(toCredentials(users[0]!))).resolves.toBe('["fake","fake"]');
  });

  it('injects the client of a factory that a test provides', async () => {
    const { base44 } = await startBase44([]);
    const module = await Test.createTestingModule({
      imports: [
        ConnectorsModule.forRoot(toOptions(base44)),
        ConnectorsModule.forFeature([{ connector: CALENDAR, baseURL: base44.url, client }]),
      ],
      controllers: [createController()],
    })
      .overrideProvider(getConnectorClientToken(CALENDAR))
      .useFactory({ factory: () => ({ me: () => 'fake' }) })
      .compile();
    const app = module.createNestApplication();
    closeAfterTest(() => app.close());
    await app.listen(0, '127.0.0.1');
    await expect((await fetch(await app.getUrl())).text()).resolves.toBe('fake');
  });
});

describe('@InjectConnectorClient', () => {
  it('injects one client into all services, and a test gets it by its token', async () => {
    @Injectable()
    class OtherService {
      constructor(@InjectConnectorClient('acme') readonly acme: Client) {}
    }
    const { app } = await start({ providers: [AcmeService, OtherService] });
    const shared = app.get<Client>(getConnectorClientToken('acme'));
    expect(shared).toBeInstanceOf(Client);
    expect(app.get(AcmeService).acme).toBe(shared);
    expect(app.get(OtherService).acme).toBe(shared);
    expect(app.get(ConnectorsService).requirements()).toEqual([
      {
        connector: 'acme',
        isOptional: false,
        needsToken: false,
        requiredBy: ['AcmeService', 'OtherService'],
      },
    ]);
  });

  it('acts for the service role without a user, also within a request', async () => {
    const { app, base44, users } = await start({
      providers: [AcmeService],
      controllers: [createServiceController(AcmeService, 'acme')],
    });
    const response = await fetch(await app.getUrl(), { headers: toCredentials(users[0]!) });
    await expect(response.text()).resolves.toBe('acme-1');
    expect(base44.requests).toHaveLength(1);
    expect(base44.requests[0]!.headers['on-behalf-of']).toBeUndefined();
  });

  it('acts for the service role, although a user loads its module', async () => {
    const { app, base44, users, provider } = await start({});
    const connectors = app.get(ConnectorsService);
    base44.connect('lazy', { accessToken: 'lazy-1' });
    const loaded = await connectors.runAs({ userToken: users[0]!.token }, () =>
      app
        .get(LazyModuleLoader)
        .load(() =>
          ConnectorsModule.forFeature([{ connector: 'lazy', baseURL: provider.url, client }]),
        ),
    );
    await expect(loaded.get<Client>(getConnectorClientToken('lazy')).me()).resolves.toBe('lazy-1');
    expect(base44.requests.at(-1)!.headers['on-behalf-of']).toBeUndefined();
  });

  it('rejects with SERVICE_ROLE_REQUIRED where only requests carry a service token', async () => {
    const { app, base44 } = await start({
      providers: [AcmeService],
      controllers: [createServiceController(AcmeService, 'acme')],
      options: { serviceToken: undefined, request: { base44Headers: true } },
    });
    const headers = {
      'base44-app-id': base44.appId,
      'base44-api-url': base44.url,
      'base44-service-authorization': `Bearer ${base44.serviceToken}`,
    };
    const response = await fetch(await app.getUrl(), { headers });
    await expect(response.json()).resolves.toMatchObject({ error: 'SERVICE_ROLE_REQUIRED' });
  });

  it("acts for the sender of each request with clientIdentity: 'per-call'", async () => {
    const { app, users } = await start({
      providers: [CalendarService],
      controllers: [createServiceController(CalendarService, 'calendar')],
      feature: { connector: CALENDAR, clientIdentity: 'per-call' },
    });
    const url = await app.getUrl();
    for (const user of users) {
      const response = await fetch(url, { headers: toCredentials(user) });
      await expect(response.text()).resolves.toBe(getUserToken(user));
    }
    await expect(app.get(CalendarService).calendar.me()).rejects.toMatchObject({
      code: 'APP_USER_REQUIRED',
    });
  });

  it('fails startup for a connector of users, and names the remedies', async () => {
    const error = await catchError(
      start({ providers: [CalendarService], feature: { connector: CALENDAR } }),
    );
    expect(error).toEqual(
      new ConnectorsConfigurationError(
        "CalendarService injects the client of connector 'calendar1', which belongs to users. An injected client " +
          'acts for the service role without a user. Use @ConnectorClient() in handlers, or create a client with ' +
          'connectors.asAppUser(token).fetchFor(connector). If the SDK keeps no queue, declare ' +
          "clientIdentity: 'per-call'.",
      ),
    );
  });

  it('needs a declaration with client, and the error names the connector', async () => {
    const imports = [root, ConnectorsModule.forFeature(['slack'])];
    await expect(boot({ imports, providers: [AcmeService] })).rejects.toThrow(
      /resolve dependencies of the AcmeService \(\?\)[^]*"ConnectorClient\(acme\)"/,
    );
  });

  it('fails startup when the address of the API is unknown', async () => {
    const feature = ConnectorsModule.forFeature([{ connector: 'acme', client }]);
    await expect(boot({ imports: [root, feature] })).rejects.toThrow(
      "The API address of connector 'acme' is not known.",
    );
  });

  it('fails startup without ConnectorsModule', async () => {
    const feature = ConnectorsModule.forFeature([{ connector: 'slack', client }]);
    await expect(boot({ imports: [feature] })).rejects.toThrow(
      'ConnectorsModule.forFeature() registers a client, but no ConnectorsModule is available to it.',
    );
  });

  it.each(['reference', 'deep-hash'] as const)(
    'is the one that its own module declares, with module ids by %s',
    async (moduleIdGeneratorAlgorithm) => {
      const [One, Two] = ['one', 'two'].map((name) => declareIn(name));
      const module = await Test.createTestingModule(
        { imports: [root, One!, Two!] },
        { moduleIdGeneratorAlgorithm },
      ).compile();
      const getName = (declaring: Type | undefined): string =>
        module.select(declaring!).get<NamedService>('SERVICE', { strict: true }).client.name;
      expect([One, Two].map(getName)).toEqual(['one', 'two']);
    },
  );

  it('stands beside the injected HttpService of the same connector', async () => {
    @Injectable()
    class BothService {
      constructor(
        @InjectConnectorClient('acme') readonly acme: Client,
        @InjectConnectorHttp('acme') readonly http: HttpService,
      ) {}
    }
    const { app } = await start({ providers: [BothService] });
    const { http, acme } = app.get(BothService);
    expect(http).toBe(app.get(ConnectorsService).http('acme'));
    await expect(http.axiosRef.get('/me')).resolves.toMatchObject({ data: 'acme-1' });
    await expect(acme.me()).resolves.toBe('acme-1');
  });
});

interface NamedService {
  readonly client: { readonly name: string };
}

/** Creates a module with a client and a service that injects it. All these clients have the same code. */
function declareIn(name: string): Type {
  @Injectable()
  class Service implements NamedService {
    constructor(@InjectConnectorClient('slack') readonly client: { name: string }) {}
  }

  @Module({
    imports: [ConnectorsModule.forFeature([{ connector: 'slack', client: () => ({ name }) }])],
    providers: [{ provide: 'SERVICE', useClass: Service }],
  })
  class NamedModule {}
  return NamedModule;
}

function createController(): Type {
  @Controller()
  class CalendarController {
    @Get()
    me(@ConnectorClient(CALENDAR) calendar: Client) {
      return calendar.me();
    }
  }
  return CalendarController;
}

/** Creates a controller that calls with the client of a service. */
function createServiceController(Service: Type<object>, member: string): Type {
  @Controller()
  class ServiceController {
    constructor(@Inject(Service) private readonly service: Record<string, Client>) {}

    @Get()
    me() {
      return this.service[member]!.me();
    }
  }
  return ServiceController;
}
