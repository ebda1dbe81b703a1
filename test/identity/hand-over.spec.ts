import { AsyncResource } from 'node:async_hooks';
import type { HttpService } from '@nestjs/axios';
import { Controller, Get, Inject, Param, Req } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  ConnectorFetch,
  ConnectorHttp,
  ConnectorsModule,
  ConnectorsService,
  type IncomingRequest,
} from 'nestjs-base44-connectors';
import { getSentToken } from '../provider-calls/provider-calls.fixture.js';
import { sleep } from '../support/async.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { printFigure } from '../support/print-figure.js';
import { startRecordingServer } from '../support/recording-server.js';
import { scaled } from '../support/scale.js';
import { toOptions } from '../support/to-options.js';
import {
  CALENDAR,
  getUserToken,
  readUserToken,
  startBase44,
  toCredentials,
} from './ambient-identity.fixture.js';
import {
  type Answer,
  createSchedulers,
  SCHEDULERS,
  type SchedulerName,
} from './hand-over.fixture.js';

type Fetch = typeof fetch;

const USERS = ['ada', 'grace', 'linus', 'joan'];
const CALLS_PER_USER = scaled(50, 5);

let schedulers: ReturnType<typeof createSchedulers>;

@Controller()
class HandOverController {
  constructor(@Inject(ConnectorsService) private readonly connectors: ConnectorsService) {}

  /** Not bound, so it acts for the user in whose request the scheduler runs it. */
  readonly #ambient: Fetch = (input, init) => this.connectors.fetch(CALENDAR, input, init);

  @Get(':way/:scheduler')
  send(
    @Param() { way, scheduler }: { way: Way; scheduler: SchedulerName },
    @Req() request: IncomingRequest,
    @ConnectorFetch(CALENDAR) injected: Fetch,
    @ConnectorHttp(CALENDAR) http: HttpService,
  ) {
    const { connectors } = this;
    const userToken = readUserToken(request) ?? '';
    const fetches: Readonly<Record<Way, () => Fetch>> = {
      ambient: () => this.#ambient,
      fetchFor: () => connectors.fetchFor(CALENDAR),
      '@ConnectorFetch': () => injected,
      '@ConnectorHttp': () => toFetch(http),
      forRequest: () => {
        const bound = connectors.forRequest(request);
        return (input, init) => bound.fetch(CALENDAR, input, init);
      },
      asAppUser: () => {
        const bound = connectors.asAppUser(userToken);
        return (input, init) => bound.fetch(CALENDAR, input, init);
      },
      runAs: () => (input, init) =>
        connectors.runAs({ userToken }, () => this.#ambient(input, init)),
      'AsyncResource.bind': () => AsyncResource.bind(this.#ambient),
    };
    return schedulers[scheduler](fetches[way]());
  }
}

const WAYS = [
  'fetchFor',
  '@ConnectorFetch',
  '@ConnectorHttp',
  'forRequest',
  'asAppUser',
  'runAs',
  'AsyncResource.bind',
] as const;

type Way = (typeof WAYS)[number] | 'ambient';

/** Lets all users send requests at once, and returns the number of requests that carried another user's token. */
async function countMixed(way: Way, scheduler: SchedulerName): Promise<number> {
  const { base44, users } = await startBase44(USERS);
  const provider = await startRecordingServer((request, response) => {
    const answer: Partial<Answer> = { ok: true, token: getSentToken(request) };
    void sleep(Math.random() * 5).then(() => {
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify(answer));
    });
  });
  schedulers = createSchedulers(provider.url);
  const module = await Test.createTestingModule({
    imports: [
      ConnectorsModule.forRoot({
        ...toOptions(base44),
        request: { appUserToken: readUserToken },
      }),
      ConnectorsModule.forFeature([{ connector: CALENDAR, baseURL: provider.url }]),
    ],
    controllers: [HandOverController],
  }).compile();
  const app = module.createNestApplication();
  closeAfterTest(() => app.close());
  await app.listen(0, '127.0.0.1');
  const url = `${await app.getUrl()}/${way}/${encodeURIComponent(scheduler)}`;
  const calls = Array.from({ length: CALLS_PER_USER }, () => users).flat();
  const mixed = await Promise.all(
    calls.map(async (user) => {
      const response = await fetch(url, { headers: toCredentials(user) });
      const token = await response.text();
      expect(token).toMatch(/^token-of-/);
      return token === getUserToken(user) ? [] : [token];
    }),
  );
  return mixed.flat().length;
}

describe.each(SCHEDULERS)('Four users who share %s', (scheduler) => {
  const counts: string[] = [];

  afterAll(() => {
    const calls = CALLS_PER_USER * USERS.length;
    const what = `Node ${process.version}, ${scheduler}: of ${calls} calls, as another user`;
    printFigure(what, counts.join(', '));
  });

  it.each(WAYS)('each act as themselves with %s', async (way) => {
    const mixed = await countMixed(way, scheduler);
    counts.push(`${way} ${mixed}`);
    expect(mixed).toBe(0);
  });

  it('act as each other with connectors.fetch, which nothing binds', async () => {
    const mixed = await countMixed('ambient', scheduler);
    counts.push(`ambient ${mixed}`);
    expect(mixed).toBeGreaterThan(0);
  });
});

/** Lets an SDK call an `HttpService`. */
function toFetch({ axiosRef }: HttpService): Fetch {
  return async (input, { method = 'GET', body } = {}) => {
    const { data } = await axiosRef.request<unknown>({
      url: input as string,
      method,
      data: body ?? null,
    });
    return Response.json(data);
  };
}
