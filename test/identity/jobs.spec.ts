import { BullModule, getQueueToken, Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject, Injectable } from '@nestjs/common';
import {
  CommandBus,
  CommandHandler,
  CqrsModule,
  EventBus,
  EventsHandler,
  type ICommandHandler,
  type IEventHandler,
} from '@nestjs/cqrs';
import { Cron, CronExpression, ScheduleModule } from '@nestjs/schedule';
import type { Job, Queue } from 'bullmq';
import type { EmulatedAppUser } from 'nestjs-base44-connectors/testing';
import { settle, sleep, waitFor } from '../support/async.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { printFigure } from '../support/print-figure.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { scaled } from '../support/scale.js';
import { getUserToken, readUserToken, toCredentials } from './ambient-identity.fixture.js';
import { CalendarService, type JobsApp, startJobsApp } from './run-as.fixture.js';

const JOBS_PER_USER = scaled(250, 25);
/** All of them run at once. */
const COMMANDS_PER_USER = 25;

const withUsers = () => ({ request: { appUserToken: readUserToken } });

/** A job, and the tokens with which it called. */
interface Done {
  readonly userToken: string;
  readonly tokens: readonly unknown[];
}

const done: Done[] = [];

beforeEach(() => {
  done.length = 0;
});

/** The common code of the jobs of all libraries. */
@Injectable()
class DigestJobs {
  constructor(@Inject(CalendarService) private readonly calendar: CalendarService) {}

  /** Runs one job, in whose middle other users' jobs run. */
  async runFor(userToken: string): Promise<void> {
    const { calendar } = this;
    const tokens = await calendar.connectors.runAs({ userToken }, async () => {
      const first = await calendar.token();
      await sleep(Math.random() * 5);
      return [first, ...(await calendar.tokensOfCalls())];
    });
    done.push({ userToken, tokens });
  }
}

function countMixed(users: readonly EmulatedAppUser[]): number {
  const expected = new Map(users.map((user) => [user.token, getUserToken(user)]));
  return done.filter(({ userToken, tokens }) =>
    tokens.some((token) => token !== expected.get(userToken)),
  ).length;
}

describeWithRedis('A processor of BullMQ', () => {
  @Processor('digests', { concurrency: 5 })
  class DigestsProcessor extends WorkerHost {
    constructor(@Inject(DigestJobs) private readonly jobs: DigestJobs) {
      super();
    }

    process({ data }: Job<{ userToken: string }>): Promise<void> {
      return this.jobs.runFor(data.userToken);
    }
  }

  const codes: unknown[] = [];

  @Processor('unbound')
  class UnboundProcessor extends WorkerHost {
    constructor(@Inject(CalendarService) private readonly calendar: CalendarService) {
      super();
    }

    async process(): Promise<void> {
      codes.push(await settle(() => this.calendar.token()));
    }
  }

  async function start(): Promise<JobsApp & Record<'digests' | 'unbound', Queue>> {
    const redis = await RedisServer.start();
    closeAfterTest(() => redis.kill());
    const connection = { host: '127.0.0.1', port: redis.port };
    const started = await startJobsApp(withUsers, {
      imports: [
        BullModule.forRoot({ connection }),
        BullModule.registerQueue({ name: 'digests' }, { name: 'unbound' }),
      ],
      providers: [DigestJobs, DigestsProcessor, UnboundProcessor],
    });
    const get = (name: string): Queue => started.app.get<Queue>(getQueueToken(name));
    return { ...started, digests: get('digests'), unbound: get('unbound') };
  }

  it('lets services act for the user of each job', async () => {
    const { digests, users, within } = await start();
    for (let round = 0; round < JOBS_PER_USER; round += 1) {
      // Each job is added within the request of another user.
      const adding = users.map(({ token }, index) =>
        within(toCredentials(users[(index + 1) % users.length]!), async () => {
          await digests.add('digest', { userToken: token });
        }),
      );
      await Promise.all(adding);
    }
    const jobs = JOBS_PER_USER * users.length;
    await waitFor(() => done.length === jobs, 60_000);
    const mixed = countMixed(users);
    printFigure(`Node ${process.version}, ${jobs} jobs of BullMQ: mixed`, mixed);
    expect(mixed).toBe(0);
  });

  it('acts for no user without runAs, also when a request added the job', async () => {
    const { unbound, users, within } = await start();
    await within(toCredentials(users[0]!), async () => {
      await unbound.add('digest', {});
    });
    await waitFor(() => codes.length > 0);
    expect(codes).toMatchObject([{ error: { code: 'APP_USER_REQUIRED' } }]);
  });
});

describe('A cron job of @nestjs/schedule', () => {
  const tokens: string[] = [];

  @Injectable()
  class DigestsSchedule {
    constructor(@Inject(DigestJobs) private readonly jobs: DigestJobs) {}

    @Cron(CronExpression.EVERY_SECOND)
    async run(): Promise<void> {
      await Promise.all(tokens.map((token) => this.jobs.runFor(token)));
    }
  }

  it('lets services act for each of its users', async () => {
    const { users } = await startJobsApp(withUsers, {
      imports: [ScheduleModule.forRoot()],
      providers: [DigestJobs, DigestsSchedule],
    });
    tokens.push(...users.map(({ token }) => token));
    await waitFor(() => done.length >= users.length);
    expect(countMixed(users)).toBe(0);
  });
});

describe('A handler of @nestjs/cqrs', () => {
  class SendDigest {
    constructor(readonly userToken: string) {}
  }

  @CommandHandler(SendDigest)
  class SendDigestHandler implements ICommandHandler<SendDigest> {
    constructor(@Inject(DigestJobs) private readonly jobs: DigestJobs) {}

    execute({ userToken }: SendDigest): Promise<void> {
      return this.jobs.runFor(userToken);
    }
  }

  /** Its handlers know nothing of the user. */
  class CalendarRead {
    constructor(readonly userToken: string) {}
  }

  @CommandHandler(CalendarRead)
  class ReadCalendarHandler implements ICommandHandler<CalendarRead> {
    constructor(@Inject(CalendarService) private readonly calendar: CalendarService) {}

    async execute({ userToken }: CalendarRead): Promise<void> {
      done.push({ userToken, tokens: [await this.calendar.token()] });
    }
  }

  @EventsHandler(CalendarRead)
  class CalendarReadHandler implements IEventHandler<CalendarRead> {
    constructor(@Inject(CalendarService) private readonly calendar: CalendarService) {}

    async handle({ userToken }: CalendarRead): Promise<void> {
      await sleep(Math.random() * 5);
      done.push({ userToken, tokens: [await this.calendar.token()] });
    }
  }

  const start = () =>
    startJobsApp(withUsers, {
      imports: [CqrsModule.forRoot()],
      providers: [DigestJobs, SendDigestHandler, ReadCalendarHandler, CalendarReadHandler],
    });

  it('lets services act for the user of each command', async () => {
    const { app, users } = await start();
    const bus = app.get(CommandBus);
    const jobs = Array.from({ length: COMMANDS_PER_USER }, () => users).flat();
    await Promise.all(jobs.map(({ token }) => bus.execute(new SendDigest(token))));
    expect(done).toHaveLength(jobs.length);
    expect(countMixed(users)).toBe(0);
  });

  it('acts for the user of the run that executes the command or publishes the event', async () => {
    const { app, connectors, users } = await start();
    const [commands, events] = [app.get(CommandBus), app.get(EventBus)];
    const jobs = Array.from({ length: COMMANDS_PER_USER }, () => users).flat();
    const runs = jobs.map(({ token: userToken }) =>
      connectors.runAs({ userToken }, async () => {
        await commands.execute(new CalendarRead(userToken));
        events.publish(new CalendarRead(userToken));
      }),
    );
    await Promise.all(runs);
    await waitFor(() => done.length === 2 * jobs.length);
    expect(countMixed(users)).toBe(0);
  });
});
