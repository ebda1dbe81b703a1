import type { Server } from 'node:http';
import type { HttpService } from '@nestjs/axios';
import {
  Controller,
  Get,
  type INestApplication,
  Inject,
  Injectable,
  type ModuleMetadata,
  Query,
} from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  ConnectorsModule,
  type ConnectorsModuleOptions,
  ConnectorsService,
  getConnectorsToken,
  InjectConnectorHttp,
} from 'nestjs-base44-connectors';
import type { Base44Emulator, EmulatedAppUser } from 'nestjs-base44-connectors/testing';
import { firstValueFrom } from 'rxjs';
import { getSentToken, json } from '../provider-calls/provider-calls.fixture.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { startRecordingServer } from '../support/recording-server.js';
import { toOptions } from '../support/to-options.js';
import {
  CALENDAR,
  type Credentials,
  DeepService,
  startBase44,
} from './ambient-identity.fixture.js';

/** A singleton service as it is written for requests. */
@Injectable()
export class CalendarService {
  constructor(
    @Inject(ConnectorsService) readonly connectors: ConnectorsService,
    @InjectConnectorHttp(CALENDAR) private readonly http: HttpService,
  ) {}

  async token(): Promise<string> {
    const { appUserConnector } = CALENDAR;
    return (await this.connectors.getCurrentAppUserConnection(appUserConnector)).accessToken;
  }

  /** Calls the provider in each way, and returns the tokens that it received. */
  async tokensOfCalls(): Promise<unknown[]> {
    const { connectors, http } = this;
    const fetched = [connectors.fetch(CALENDAR, '/me'), connectors.fetchFor(CALENDAR)('/me')];
    const received = [connectors.http(CALENDAR), http].map((each) =>
      firstValueFrom(each.get('/me')),
    );
    return Promise.all([
      ...fetched.map(async (response) => (await response).json()),
      ...received.map(async (response) => (await response).data as unknown),
    ]);
  }
}

type Work = () => unknown;

/** The work of later requests. */
const works: Work[] = [];

/** Adds work, and returns the path of the request that runs it. */
export const addWork = (work: Work): string => `/?work=${works.push(work) - 1}`;

@Controller()
class WorksController {
  @Get()
  async work(@Query('work') index: string): Promise<{ done: unknown }> {
    return { done: await works[Number(index)]!() };
  }
}

/** An application with four users and a second instance of the module, `'crm'`. */
export interface JobsApp {
  readonly base44: Base44Emulator;
  readonly users: EmulatedAppUser[];
  readonly app: INestApplication<Server>;
  readonly connectors: ConnectorsService;
  readonly crm: ConnectorsService;
  readonly service: CalendarService;
  /** Runs work within a request. */
  readonly within: (headers: Credentials, work: Work) => Promise<unknown>;
}

export async function startJobsApp(
  options: () => Partial<ConnectorsModuleOptions>,
  { imports = [], providers = [] }: Pick<ModuleMetadata, 'imports' | 'providers'> = {},
): Promise<JobsApp> {
  const { base44, users } = await startBase44(['ada', 'grace', 'linus', 'joan']);
  const { base44: crm } = await startBase44([], { appId: 'crm-app' });
  crm.connect('slack', { accessToken: 'xoxb-crm' });
  base44.connect('slack', { accessToken: 'xoxb-1' });
  const provider = await startRecordingServer((request, response) => {
    json(response, 200, getSentToken(request));
  });
  const module = await Test.createTestingModule({
    imports: [
      ...imports,
      ConnectorsModule.forRoot({ ...toOptions(base44), ...options() }),
      ConnectorsModule.forRoot({ ...toOptions(crm), name: 'crm' }),
      ConnectorsModule.forFeature([{ connector: CALENDAR, baseURL: provider.url }]),
    ],
    controllers: [WorksController],
    providers: [CalendarService, DeepService, ...providers],
  }).compile();
  const app = module.createNestApplication<INestApplication<Server>>();
  closeAfterTest(() => app.close());
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const service = app.get(CalendarService);
  return {
    base44,
    users,
    app,
    connectors: service.connectors,
    crm: app.get<ConnectorsService>(getConnectorsToken('crm')),
    service,
    within: async (headers, work) => {
      const response = await fetch(url + addWork(work), { headers });
      return ((await response.json()) as { done: unknown }).done;
    },
  };
}

/** Returns the users for whom Base44 was asked, in their order. */
export const getAskers = ({ requests }: Base44Emulator): unknown[] =>
  requests.map(({ headers }) => headers['on-behalf-of']);
