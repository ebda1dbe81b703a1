import { CONNECTORS } from 'nestjs-base44-connectors';
import { printFigure } from '../support/print-figure.js';
import { scaled } from '../support/scale.js';
import { TokenServer } from '../support/token-server.js';
import { InMemorySdk } from './in-memory-sdk.js';
import { startTracedApp, type TracedApp } from './opentelemetry.fixture.js';

const USERS = scaled(10_000, 1_000);
const CALLERS = 50;

let server: TokenServer;
let sdk: InMemorySdk;
let app: TracedApp;

beforeEach(async () => {
  server = await TokenServer.start();
  sdk = InMemorySdk.register();
  app = await startTracedApp(server, { resilience: false });
});
afterEach(() => server.close());

it('The number of time series does not grow with the number of users', async () => {
  const act = async (user: number): Promise<void> => {
    const connectors = app.connectors.asAppUser(`user-token-${user}`);
    await connectors.getCurrentAppUserConnection('calendar');
    await connectors.fetch('crm', `/users/${user}`);
  };
  // The second time, the connections are cached.
  for (let time = 0; time < 2; time += 1) await repeat(CALLERS, act);
  const before = await countSeries();
  await repeat(USERS, act);
  const after = await countSeries();
  printFigure(
    'time series and names of spans after 50 and all users',
    `${USERS} users: ${before}, ${after}`,
  );
  expect(after).toEqual(before);
});

it('The number of names does not grow with connectors that are chosen at run time', async () => {
  await repeat(USERS, async (id) => {
    await app.connectors.getWorkspaceConnection(`connector-${id}`);
  });
  await app.connectors.getConnection('slack');
  const names = new Set(sdk.spans.map(({ name }) => name));
  const { 'base44.connectors.lookups': lookups = [] } = await sdk.collect();
  const connectors = lookups.map(({ attributes }) => attributes['base44.connectors.connector']);
  expect(names.size).toBeLessThanOrEqual(102);
  expect(new Set(connectors).size).toBeLessThanOrEqual(102);
  expect(connectors).toContain('_OTHER');
  // The catalogue has a name of its own for each connector.
  expect(Object.hasOwn(CONNECTORS, 'slack')).toBe(true);
  expect(connectors).toContain('slack');
  // A span shows the connector itself.
  const ids = sdk.spans.map(({ attributes }) => attributes['base44.connectors.connector']);
  expect(new Set(ids).size).toBe(USERS + 1);
});

async function countSeries(): Promise<string> {
  const series = Object.values(await sdk.collect()).flat();
  const names = new Set(sdk.spans.map(({ name }) => name));
  return `${series.length} + ${names.size}`;
}

/** Runs work for each number, by some callers at once. */
async function repeat(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const run = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: CALLERS }, run));
}
