import { type FaultResponder, faults } from 'nestjs-base44-connectors/testing';
import { catchError, createGate, type Gate, settle, sleep, waitFor } from '../support/async.js';
import { printFigure } from '../support/print-figure.js';
import { describeWithRedis } from '../support/redis-server.js';
import {
  type LeaseClient,
  type SharingApp,
  type SharingAppOptions,
  SharedStoreFixture,
} from './shared-store.fixture.js';

const COUNT = 20;

/** A waiting application attempts to acquire the lease this often before a test goes on. */
const ATTEMPTS = 4;

/** Longer than a test may take, so only a release can end a lease. */
const LONG = { resilience: { deadlineMs: 600_000, attemptTimeoutMs: 600_000, retries: 0 } };

describeWithRedis('Applications with a lease', () => {
  let fixture: SharedStoreFixture;
  let responding: Gate;

  beforeEach(async () => {
    fixture = await SharedStoreFixture.start();
    fixture.base44.connect('slack', { accessToken: 'xoxb-1' });
    responding = createGate();
  });

  afterEach(async () => {
    responding.open();
    await fixture.close();
  });

  const bootMany = (count: number, options: SharingAppOptions = {}): Promise<SharingApp[]> =>
    Promise.all(
      Array.from({ length: count }, () =>
        fixture.boot({ leaseClient: 'redis', ...LONG, ...options }),
      ),
    );

  /** Holds the responses of Base44 back until a test opens the gate. */
  const holdResponses = (then?: FaultResponder, times = Infinity): void => {
    const { opened } = responding;
    fixture.base44.fault({
      respond: async (request, response, next) => {
        await opened;
        await (then ?? next)(request, response, next);
      },
      times,
    });
  };

  /** Starts calls, and waits until all applications but the holder of the lease wait. */
  const startCalls = async <T>(call: (app: SharingApp) => T, apps: SharingApp[]): Promise<T[]> => {
    const before = await countAttempts();
    const calls = apps.map(call);
    await waitFor(async () => (await countAttempts()) >= before + ATTEMPTS * apps.length);
    return calls;
  };

  /** Starts a call, and waits until it has reached Base44. */
  const startHolder = async (app: SharingApp): Promise<{ token: Promise<string> }> => {
    const before = fixture.requestCount;
    const token = getToken(app);
    await waitFor(() => fixture.requestCount > before);
    return { token };
  };

  const countAttempts = (): Promise<number> =>
    fixture.withRedis(async (client) => {
      const [, count = 0] =
        /cmdstat_eval:calls=(\d+)/.exec(await client.info('commandstats')) ?? [];
      return Number(count);
    });

  const getToken = (app: SharingApp): Promise<string> => app.getToken('slack');

  const hasLease = async (): Promise<boolean> => (await fixture.countNames('lease')) > 0;

  const waitUntilReleased = (): Promise<void> => waitFor(async () => !(await hasLease()));

  describe.each<LeaseClient>(['redis', 'ioredis'])('by a client of %s', (leaseClient) => {
    it('send one request for a connection that all need at once', async () => {
      const apps = await bootMany(COUNT, { leaseClient });
      holdResponses();
      const calls = await startCalls(getToken, apps);
      responding.open();
      expect(new Set(await Promise.all(calls))).toEqual(new Set(['xoxb-1']));
      printFigure(`${COUNT} cold applications (${leaseClient}): requests`, fixture.requestCount);
      expect(fixture.requestCount).toBe(1);
      await waitUntilReleased();
      expect(fixture.warnings).toEqual([]);
    });

    it.each([404, 429, 503])('send one request when Base44 responds with %d', async (status) => {
      const apps = await bootMany(COUNT, { leaseClient });
      holdResponses(faults.status(status));
      const calls = await startCalls((app) => catchError(getToken(app)), apps);
      responding.open();
      const errors = await Promise.all(calls);
      printFigure(`${COUNT} cold applications, status ${status}: requests`, fixture.requestCount);
      for (const error of errors) expect(error).toMatchObject({ status, connector: 'slack' });
      expect(new Set(errors.map(({ message }) => message)).size).toBe(1);
      expect(fixture.requestCount).toBe(1);
      await waitUntilReleased();
    });

    it('use Base44 as before when Redis is killed', async () => {
      const apps = await bootMany(2, { leaseClient, cache: { storeDeadlineMs: 1_000 } });
      await Promise.all(apps.map(getToken));
      await fixture.redis.kill();
      fixture.base44.connect('notion', { accessToken: 'ntn-1' });
      const tokens = await Promise.all(apps.map((app) => app.getToken('notion')));
      expect(tokens).toEqual(['ntn-1', 'ntn-1']);
      expect(fixture.warnings).toHaveLength(apps.length);
    });

    it('use Base44 as before when Redis hangs while they wait', async () => {
      const apps = await bootMany(3, { leaseClient, cache: { storeDeadlineMs: 1_000 } });
      holdResponses(undefined, 1);
      const calls = await startCalls(getToken, apps);
      fixture.redis.hang();
      await expect(Promise.any(calls)).resolves.toBe('xoxb-1');
      responding.open();
      await expect(Promise.all(calls)).resolves.toEqual(['xoxb-1', 'xoxb-1', 'xoxb-1']);
    });
  });

  it('that have a connection serve it while another one renews it', async () => {
    const apps = await bootMany(3, { cache: { ttlMs: 60_000 } });
    for (const app of apps) await getToken(app);
    fixture.clock.skip(50_000);
    holdResponses();
    fixture.base44.connect('slack', { accessToken: 'xoxb-2' });
    const calls = await startCalls(getToken, apps);
    await expect(Promise.all(calls)).resolves.toEqual(['xoxb-1', 'xoxb-1', 'xoxb-1']);
    responding.open();
    for (const app of apps) await waitFor(async () => (await getToken(app)) === 'xoxb-2');
    expect(fixture.requestCount).toBe(2);
  });

  it('each ask Base44 for a fresh connection', async () => {
    const apps = await bootMany(3);
    holdResponses();
    const waiting = await startCalls(getToken, apps);
    const fresh = apps.map((app) => app.connectors.getConnection('slack', { fresh: true }));
    await waitFor(() => fixture.requestCount === 1 + apps.length);
    responding.open();
    await Promise.all([...waiting, ...fresh]);
  });

  it('do not wait for a request that an invalidation has made obsolete', async () => {
    const [holder, other] = await bootMany(2);
    holdResponses(undefined, 1);
    const { token: obsolete } = await startHolder(holder!);
    fixture.base44.connect('slack', { accessToken: 'xoxb-2' });
    await other!.connectors.invalidate('slack');
    await expect(getToken(other!)).resolves.toBe('xoxb-2');
    responding.open();
    await obsolete;
    await expect(getToken(other!)).resolves.toBe('xoxb-2');
    expect(fixture.requestCount).toBe(2);
  });

  it('do not adopt a token that their provider rejected', async () => {
    const [holder, other] = await bootMany(2);
    await getToken(other!);
    await holder!.connectors.invalidate('slack');
    await other!.connectors.invalidate('slack', 'xoxb-1');
    holdResponses(undefined, 1);
    const { token: rejected } = await startHolder(holder!);
    const [waiting] = await startCalls(getToken, [other!]);
    responding.open();
    await expect(rejected).resolves.toBe('xoxb-1');
    // Base44 still has this token, and says so itself.
    await expect(waiting).resolves.toBe('xoxb-1');
    expect(fixture.requestCount).toBe(3);
  });

  it('ask Base44 themselves when the holder does not reach it', async () => {
    const [holder, other] = await bootMany(2);
    holdResponses(faults.reset(), 1);
    const { token: failed } = await startHolder(holder!);
    const [waiting] = await startCalls(getToken, [other!]);
    responding.open();
    await expect(failed).rejects.toMatchObject({ code: 'BASE44_UNAVAILABLE' });
    await expect(waiting).resolves.toBe('xoxb-1');
    expect(fixture.requestCount).toBe(2);
  });

  it('release it when the last caller of the holder leaves', async () => {
    const [holder, other] = await bootMany(2);
    holdResponses(undefined, 1);
    const controller = new AbortController();
    const left = catchError(
      holder!.connectors.getConnection('slack', { signal: controller.signal }),
    );
    await waitFor(() => fixture.requestCount === 1);
    const [waiting] = await startCalls(getToken, [other!]);
    controller.abort(new Error('the caller left'));
    await expect(left).resolves.toBe(controller.signal.reason);
    await expect(waiting).resolves.toBe('xoxb-1');
  });

  it('end a wait at the abort of its caller, and take the lease no more', async () => {
    const [holder, other] = await bootMany(2);
    holdResponses(undefined, 1);
    const { token: holding } = await startHolder(holder!);
    const controller = new AbortController();
    const [left] = await startCalls(
      (app) => catchError(app.connectors.getConnection('slack', { signal: controller.signal })),
      [other!],
    );
    controller.abort(new Error('the caller left'));
    await expect(left).resolves.toBe(controller.signal.reason);
    responding.open();
    await holding;
    await waitUntilReleased();
    expect(fixture.requestCount).toBe(1);
  });

  it('end a wait at its deadline', async () => {
    const [holder] = await bootMany(1);
    const [other] = await bootMany(1, { resilience: { deadlineMs: 300 } });
    holdResponses();
    const { token: holding } = await startHolder(holder!);
    await expect(getToken(other!)).rejects.toMatchObject({ code: 'BASE44_UNAVAILABLE' });
    responding.open();
    await holding;
  });

  it('release it when they close, and respond to the calls in progress', async () => {
    const apps = await bootMany(3);
    holdResponses();
    const calls = await startCalls(getToken, apps);
    const closing = apps.map((app) => app.close());
    await sleep(50);
    responding.open();
    await expect(Promise.all(calls)).resolves.toEqual(['xoxb-1', 'xoxb-1', 'xoxb-1']);
    await Promise.all(closing);
    await expect(hasLease()).resolves.toBe(false);
  });

  it('use Base44 as before when only the lease fails, and warn once', async () => {
    const lease = {
      acquire: () => Promise.reject(new Error('NOPERM redis-password')),
      release: () => Promise.reject(new Error('NOPERM redis-password')),
    };
    const [app] = await bootMany(1, { cache: { lease } });
    for (const name of fixture.connectMany(5)) {
      await expect(app!.getToken(name)).resolves.toBe(`token-of-${name}`);
    }
    expect(fixture.warnings).toEqual([
      expect.stringMatching(/^The lease of the shared store fails/),
    ]);
  });

  it('leave a lease to others that arrives after their deadline', async () => {
    const released: string[] = [];
    const acquiring = createGate();
    const lease = {
      acquire: async () => {
        await acquiring.opened;
        return true;
      },
      release: async (_name: string, holder: string) => void released.push(holder),
    };
    const [app] = await bootMany(1, { cache: { lease, storeDeadlineMs: 200 } });
    await expect(getToken(app!)).resolves.toBe('xoxb-1');
    expect(released).toEqual([]);
    acquiring.open();
    await waitFor(() => released.length === 1);
  });

  it('write nothing to Redis that reveals a token, and nothing without an expiry', async () => {
    for (let restart = 0; restart < 10; restart += 1) {
      const [holder, other] = await bootMany(2);
      holdResponses(restart % 2 === 0 ? undefined : faults.status(503), 1);
      const holding = settle(() => getToken(holder!));
      await waitFor(hasLease);
      await other!.connectors.invalidate('slack');
      await expectSafeStore();
      responding.open();
      await holding;
      await expectSafeStore();
      await Promise.all([holder!.close(), other!.close()]);
      responding = createGate();
    }
    await expectSafeStore();
  });

  const expectSafeStore = async (): Promise<void> => {
    const stored = await fixture.readStore();
    expect([...stored].flat().join('\n')).not.toMatch(/xoxb|slack/);
    await fixture.withRedis(async (client) => {
      for (const key of stored.keys()) expect(await client.pTTL(key)).not.toBe(-1);
    });
  };
});
