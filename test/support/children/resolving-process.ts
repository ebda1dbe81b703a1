import { setTimeout as sleep } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import { ConnectorsModule, ConnectorsService } from 'nestjs-base44-connectors';

/** Resolves connections, sends what it measured, and ends without `process.exit`. */

interface Setup {
  readonly scenario: 'close in flight' | 'end idle' | 'resolve one' | 'resolve many';
  readonly serverUrl: string;
  /** How many times it resolves. */
  readonly count: number;
}

const { scenario, serverUrl, count } = JSON.parse(process.argv[2]!) as Setup;
/** Responds in this process, so that only the cache takes memory. */
const client = {
  getConnection: async (name: string) => ({
    accessToken: `token-of-${name}`,
    connectionConfig: null,
  }),
};
const source = scenario === 'resolve many' ? { client } : { serverUrl, serviceToken: 'service' };
const app = await NestFactory.createApplicationContext(
  ConnectorsModule.forRoot({ appId: 'app1', ...source }),
  { logger: false },
);
const connectors = app.get(ConnectorsService);

async function measureHeap(): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    await sleep(50);
    global.gc!();
  }
  return process.memoryUsage().heapUsed;
}

async function closeInFlight(): Promise<object> {
  const calls = Array.from({ length: count }, (_, index) =>
    connectors
      .getConnection(`slack-${index}`)
      .catch((error: unknown) => (error as { code: string }).code),
  );
  await sleep(500);
  const startMs = performance.now();
  await app.close();
  const codes = [...new Set(await Promise.all(calls))];
  return { codes, settledMs: performance.now() - startMs };
}

async function resolveOne(): Promise<object> {
  const resolve = async (times: number): Promise<void> => {
    for (let done = 0; done < times; done += 1) await connectors.getConnection('slack');
  };
  await resolve(count / 10);
  const before = await measureHeap();
  await resolve(count);
  const after = await measureHeap();
  await app.close();
  return { before, after };
}

async function resolveMany(): Promise<object> {
  const resolve = async (from: number, to: number): Promise<void> => {
    for (let index = from; index < to; index += 1) await connectors.getConnection(`slack-${index}`);
  };
  // The cache holds 10,000 entries, so it is full from here on.
  await resolve(0, 20_000);
  const before = await measureHeap();
  await resolve(20_000, count);
  const after = await measureHeap();
  await app.close();
  return { before, after };
}

const SCENARIOS: Record<Setup['scenario'], () => Promise<object>> = {
  'close in flight': closeInFlight,
  'end idle': () => connectors.getConnection('slack'),
  'resolve one': resolveOne,
  'resolve many': resolveMany,
};

process.send?.(await SCENARIOS[scenario]());
