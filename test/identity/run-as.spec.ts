import { createServer } from 'node:http';
import { InvalidRequestError, type RunAsIdentity } from 'nestjs-base44-connectors';
import type { EmulatedAppUser } from 'nestjs-base44-connectors/testing';
import { catchError, sleep } from '../support/async.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { openTestServer } from '../support/open-server.js';
import { printFigure } from '../support/print-figure.js';
import { scaled } from '../support/scale.js';
import {
  CALENDAR,
  DeepService,
  getUserToken,
  readUserToken,
  toCredentials,
  toForwardedHeaders,
} from './ambient-identity.fixture.js';
import { addWork, getAskers, startJobsApp } from './run-as.fixture.js';

const CONCURRENT_RUNS = 50;
const ROUNDS = scaled(20, 1);

const asUser = ({ token }: EmulatedAppUser) => ({ userToken: token });
const withUsers = () => ({ request: { appUserToken: readUserToken } });

describe.each([
  ['that knows the users of requests', withUsers],
  ['without the option request', () => ({})],
])('runAs in an application %s', (_, options) => {
  it('lets singleton services act for the user in every way', async () => {
    const { connectors, service, users } = await startJobsApp(options);
    for (const user of users) {
      const work = () => Promise.all([service.token(), service.tokensOfCalls()]);
      const token = getUserToken(user);
      const tokens = [token, Array(4).fill(token)];
      await expect(connectors.runAs(asUser(user), work)).resolves.toEqual(tokens);
    }
  });

  it('does so in timers, listeners and all that the work awaits', async () => {
    const { app, connectors, users } = await startJobsApp(options);
    const deep = app.get(DeepService);
    const tokens = await connectors.runAs(asUser(users[0]!), () => deep.tokens());
    expect(tokens).toEqual(Array(5).fill(getUserToken(users[0]!)));
  });

  it('ends with the work', async () => {
    const { connectors, service, users } = await startJobsApp(options);
    await connectors.runAs(asUser(users[0]!), () => service.token());
    await expect(service.token()).rejects.toMatchObject({ code: 'APP_USER_REQUIRED' });
  });

  it('mixes no users in nested and concurrent runs', async () => {
    const { connectors, service, users } = await startJobsApp(options);
    const wrong: string[] = [];
    const check = async (user: EmulatedAppUser): Promise<void> => {
      await sleep(Math.random() * 10);
      const tokens = [await service.token(), ...(await service.tokensOfCalls())];
      wrong.push(...tokens.map(String).filter((token) => token !== getUserToken(user)));
    };
    const run = async (_: unknown, index: number): Promise<void> => {
      const outer = users[index % users.length]!;
      const inner = users[(index + 1) % users.length]!;
      await connectors.runAs(asUser(outer), async () => {
        await check(outer);
        await Promise.all([connectors.runAs(asUser(inner), () => check(inner)), check(outer)]);
        await check(outer);
      });
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      await Promise.all(Array.from({ length: CONCURRENT_RUNS }, run));
    }
    const runs = ROUNDS * CONCURRENT_RUNS;
    printFigure(`Node ${process.version}, ${runs} nested runs of 4 users: mixed`, wrong.length);
    expect(wrong).toEqual([]);
  });

  it.each([undefined, {}, { userToken: undefined }, { userToken: null }, { usertoken: 'x' }, 'x'])(
    'rejects the identity %j, instead of acting for the app',
    async (identity) => {
      const { base44, connectors } = await startJobsApp(options);
      const run = () =>
        connectors.runAs(identity as RunAsIdentity, () => connectors.getConnection('slack'));
      expect(run).toThrow(InvalidRequestError);
      expect(run).toThrow("runAs() and asAppUser() need the user's Base44 token as a string");
      expect(base44.requests).toEqual([]);
    },
  );

  it('acts for no user with an empty token, also within the run of a user', async () => {
    const { connectors, service, users } = await startJobsApp(options);
    const anonymous = connectors.runAs(asUser(users[0]!), () =>
      connectors.runAs({ userToken: '' }, () => service.token()),
    );
    await expect(anonymous).rejects.toMatchObject({ code: 'APP_USER_REQUIRED' });
  });

  it('rejects the calls of a user whose token cannot be sent', async () => {
    const { base44, connectors, service } = await startJobsApp(options);
    const called = connectors.runAs({ userToken: 'two words' }, () => service.token());
    await expect(called).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    expect(base44.requests).toEqual([]);
  });

  it('shares no cached connection with the service role', async () => {
    const { base44, connectors, users } = await startJobsApp(options);
    const getSlack = () => connectors.getConnection('slack');
    for (let round = 0; round < 2; round += 1) {
      await getSlack();
      await connectors.runAs(asUser(users[0]!), getSlack);
    }
    expect(getAskers(base44)).toEqual([undefined, `Bearer ${users[0]!.token}`]);
  });

  it('does not change a service or a fetch that is bound already', async () => {
    const { connectors, users } = await startJobsApp(options);
    const [ada, grace] = users as [EmulatedAppUser, EmulatedAppUser];
    const bound = connectors.asAppUser(grace.token);
    const send = bound.fetchFor(CALENDAR);
    await connectors.runAs(asUser(ada), async () => {
      const { accessToken } = await bound.getConnection(CALENDAR);
      const received: unknown = await (await send('/me')).json();
      expect([accessToken, received]).toEqual(Array(2).fill(getUserToken(grace)));
    });
  });

  it('concerns one instance of the module', async () => {
    const { base44, connectors, crm, service, users } = await startJobsApp(options);
    const token = await connectors.runAs(asUser(users[0]!), async () => {
      await expect(crm.getConnection('slack')).resolves.toMatchObject({ accessToken: 'xoxb-crm' });
      return crm.runAs({ userToken: 'of-the-crm' }, () => service.token());
    });
    expect(token).toBe(getUserToken(users[0]!));
    expect(getAskers(base44)).toEqual([`Bearer ${users[0]!.token}`]);
  });

  it('returns and throws what the work returns and throws', async () => {
    const { connectors } = await startJobsApp(options);
    const identity = { userToken: 'ada' };
    const error = new Error('of the work');
    expect(connectors.runAs(identity, () => 42)).toBe(42);
    await expect(connectors.runAs(identity, async () => 42)).resolves.toBe(42);
    const fail = () => {
      throw error;
    };
    await expect(catchError(() => connectors.runAs(identity, fail))).resolves.toBe(error);
    await expect(connectors.runAs(identity, async () => fail())).rejects.toBe(error);
  });
});

describe('runAs within a request', () => {
  it('replaces the user until the work ends', async () => {
    const { connectors, service, users, within } = await startJobsApp(withUsers);
    const [ada, grace] = users as [EmulatedAppUser, EmulatedAppUser];
    const tokens = await within(toCredentials(ada), async () => [
      await service.token(),
      await connectors.runAs(asUser(grace), () => service.token()),
      await service.token(),
    ]);
    expect(tokens).toEqual([ada, grace, ada].map(getUserToken));
  });

  it('keeps the service role of the request, which a bound service keeps too', async () => {
    const { base44, connectors, service, users, within } = await startJobsApp(() => ({
      serviceToken: undefined,
      request: { base44Headers: true },
    }));
    const [ada, grace, linus] = users as [EmulatedAppUser, EmulatedAppUser, EmulatedAppUser];
    let bound = connectors;
    const tokens = await within(toForwardedHeaders(base44, ada), async () => {
      bound = connectors.asAppUser(linus.token);
      return [
        await connectors.runAs(asUser(grace), () => service.token()),
        await connectors
          .forRequest({})
          .runAs(asUser(grace), () => service.token())
          .catch(getCode),
      ];
    });
    expect(tokens).toEqual([getUserToken(grace), 'SERVICE_ROLE_REQUIRED']);
    // After the request.
    const { accessToken } = await bound.getConnection(CALENDAR);
    expect(accessToken).toBe(getUserToken(linus));
    await expect(bound.runAs(asUser(ada), () => service.token())).resolves.toBe(getUserToken(ada));
  });

  it('does not concern a request that arrives meanwhile in the same process', async () => {
    const { app, connectors, service, users } = await startJobsApp(withUsers);
    const [ada, grace] = users as [EmulatedAppUser, EmulatedAppUser];
    const path = addWork(() => service.token().catch(getCode));
    const server = createServer((request, response) => {
      connectors.runAs(asUser(ada), () => app.getHttpServer().emit('request', request, response));
    });
    const { url } = await openTestServer(server);
    const send = async (headers: Record<string, string>): Promise<unknown> =>
      (await fetch(url + path, { headers })).json();
    await expect(send(toCredentials(grace))).resolves.toEqual({ done: getUserToken(grace) });
    await expect(send({})).resolves.toEqual({ done: 'APP_USER_REQUIRED' });
  });
});

it('runAs around a request reaches its handlers, when the module reads no users from requests', async () => {
  const { app, connectors, service, users } = await startJobsApp(() => ({}));
  const path = addWork(() => service.token().catch(getCode));
  const server = createServer((request, response) => {
    connectors.runAs(asUser(users[0]!), () =>
      app.getHttpServer().emit('request', request, response),
    );
  });
  const { url } = await openTestServer(server);
  const response = await fetch(url + path);
  await expect(response.json()).resolves.toEqual({ done: getUserToken(users[0]!) });
});

it('A polluted Object.prototype signs no user in', async () => {
  const { service, users } = await startJobsApp(withUsers);
  const request = { headers: toCredentials(users[0]!) };
  const polluted = { user: { token: users[0]!.token }, request, origin: { request } };
  for (const [name, value] of Object.entries(polluted)) {
    Object.defineProperty(Object.prototype, name, { value, configurable: true });
    closeAfterTest(() => Reflect.deleteProperty(Object.prototype, name));
  }
  await expect(service.token()).rejects.toMatchObject({ code: 'APP_USER_REQUIRED' });
});

function getCode(error: unknown): unknown {
  return (error as { code?: string }).code;
}
