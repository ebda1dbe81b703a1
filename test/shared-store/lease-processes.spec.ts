import { faults } from 'nestjs-base44-connectors/testing';
import { waitFor } from '../support/async.js';
import { printFigure } from '../support/print-figure.js';
import { describeWithRedis } from '../support/redis-server.js';
import { scaled } from '../support/scale.js';
import { FleetProcess } from './fleet-process.js';
import { SharedStoreFixture } from './shared-store.fixture.js';

const COUNTS = [1, 2, 4, 8, 20].slice(0, scaled(5, 4));

/** Long enough that all processes need the connection before Base44 responds. */
const RESPONSE_MS = 500;

const TTL_MS = 1_000;
const LOAD_MS = 10_000;
const CONNECTIONS = 10;

describeWithRedis('Processes with a lease', () => {
  let fixture: SharedStoreFixture;
  let fleet: FleetProcess[];

  beforeEach(async () => {
    fixture = await SharedStoreFixture.start();
    fleet = [];
  });

  afterEach(async () => {
    fixture.base44.clear();
    await Promise.all(fleet.map((each) => each.close()));
    await fixture.close();
  });

  const start = async (count: number, ttlMs?: number): Promise<void> => {
    const starting = Array.from({ length: count }, () => FleetProcess.start(fixture, ttlMs));
    fleet = await Promise.all(starting);
  };

  const connect = (...connectors: string[]): string[] => {
    for (const name of connectors)
      fixture.base44.connect(name, { accessToken: `token-of-${name}` });
    return connectors;
  };

  const countRequests = (connector: string): number =>
    fixture.base44.requests.filter(({ path }) => path.includes(connector)).length;

  it('send one request for a connection, however many they are', async () => {
    await start(Math.max(...COUNTS));
    fixture.base44.fault({ respond: faults.delay(RESPONSE_MS), times: Infinity });
    const resolve = async (count: number, hasLease: boolean): Promise<number> => {
      const connectors = connect(`${hasLease ? 'leased' : 'alone'}-${count}`);
      const running = fleet.slice(0, count).map((each) => each.run({ connectors, hasLease }));
      expect(new Set(await Promise.all(running))).toEqual(new Set([`token-of-${connectors[0]!}`]));
      return countRequests(connectors[0]!);
    };
    for (const count of COUNTS) {
      const [without, withLease] = [await resolve(count, false), await resolve(count, true)];
      const figure = `${without} without a lease, ${withLease} with`;
      printFigure(`${count} cold processes, one connection: requests`, figure);
      expect(withLease).toBe(1);
    }
  });

  it('send as many requests under steady load as one process', async () => {
    await start(9, TTL_MS);
    const [solo, ...others] = fleet;
    const toLoad = (processes: FleetProcess[], team: string, hasLease = true): Promise<unknown> => {
      const connectors = connect(
        ...Array.from({ length: CONNECTIONS }, (_, index) => `${team}-${index}`),
      );
      const loads = processes.map((each) => each.run({ connectors, hasLease, forMs: LOAD_MS }));
      return Promise.all(loads);
    };
    // At the same time, so that a busy machine slows them down alike.
    await Promise.all([
      toLoad([solo!], 'solo'),
      toLoad(others.slice(0, 4), 'leasing'),
      toLoad(others.slice(4), 'apart', false),
    ]);
    const [one, four, apart] = ['solo', 'leasing', 'apart'].map(countRequests);
    printFigure(
      '4 processes under steady load: requests of 1, with a lease, without',
      `${one}, ${four}, ${apart}`,
    );
    printFigure('4 processes with a lease: requests of one process', (four! / one!).toFixed(2));
    expect(four).toBeLessThanOrEqual(1.1 * one!);
  });

  it('wait for a holder that was killed no longer than its lease', async () => {
    await start(4);
    const connectors = connect('slack');
    fixture.base44.fault({ respond: faults.hang() });
    const [holder, ...others] = fleet;
    void holder!.run({ connectors });
    await waitFor(() => fixture.requestCount === 1);
    holder!.kill();
    const killedAtMs = performance.now();
    const tokens = await Promise.all(others.map((each) => each.run({ connectors })));
    const tookMs = (performance.now() - killedAtMs).toFixed(0);
    printFigure('holder killed: the other 3 processes get the connection after', `${tookMs} ms`);
    expect(tokens).toEqual(others.map(() => 'token-of-slack'));
    expect(fixture.requestCount).toBe(2);
  });
});
