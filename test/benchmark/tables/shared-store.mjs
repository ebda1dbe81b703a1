import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { withBase44 } from '../support/base44.mjs';
import { withRedis } from '../support/redis.mjs';
import { digits } from '../support/table.mjs';
import { serveParent, startWorker } from '../support/worker.mjs';

const SHARING = import.meta.resolve('../processes/sharing.mjs');

const PROCESS_COUNTS = [1, 2, 4];
const CONNECTIONS = 20;
const EVERY_MS = 50;
const TTL_MS = 2_000;
const SETTLE_MS = 3_000;
const FOR_MS = 12_000;
const DEFAULT_TTL_MS = 60_000;
const MINUTE_MS = 60_000;

serveParent({ measure });

async function measure() {
  const encryptionKey = randomBytes(32).toString('base64');
  // Requests are counted, not timed, so all can be measured at the same time.
  const [alone, shared, leased] = await Promise.all([
    steadyRequests({}),
    withRedis((redisUrl) => steadyRequests({ redisUrl, encryptionKey })),
    withRedis((redisUrl) => steadyRequests({ redisUrl, encryptionKey, hasLease: true })),
  ]);
  return {
    title:
      `Processes under steady load (${CONNECTIONS} connections, each resolved every ~${EVERY_MS} ms), ` +
      `cache.ttlMs ${TTL_MS}, for ${FOR_MS / 1000} s`,
    columns: [
      '',
      'upstream requests',
      'per connection',
      'resolves',
      '≈ per minute at ttlMs 60,000',
    ],
    rows: [
      ...toRows('each for itself', alone),
      ...(shared ? toRows('one Redis', shared) : []),
      ...(leased ? toRows('one Redis with a lease', leased) : []),
    ],
    notes: [
      'Measured is the first column; the last is reckoned from it: a time to live 30 times as long.',
      ...(shared ? [] : ['NOT MEASURED with Redis: redis-server is not installed.']),
    ],
    samples: { alone, shared, leased },
  };
}

async function steadyRequests(options) {
  const figures = [];
  for (const processes of PROCESS_COUNTS) {
    figures.push(await withBase44((base44) => steadyLoad(base44, processes, options)));
  }
  return figures;
}

async function steadyLoad({ serverUrl, takeRequests }, processes, options) {
  const workers = await Promise.all(Array.from({ length: processes }, () => startWorker(SHARING)));
  const load = (forMs) =>
    Promise.all(
      workers.map((worker) =>
        worker.ask('load', { connections: CONNECTIONS, everyMs: EVERY_MS, forMs }),
      ),
    );
  try {
    for (const worker of workers) {
      await worker.ask('prepare', { serverUrl, ttlMs: TTL_MS, ...options });
    }
    await load(SETTLE_MS);
    await takeRequests();
    const resolves = await load(FOR_MS);
    await pause(EVERY_MS);
    const requests = await takeRequests();
    return { processes, requests, resolves: resolves.reduce((sum, each) => sum + each, 0) };
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}

function toRows(how, figures) {
  return figures.map(({ processes, requests, resolves }) => [
    `${how}, ${processes} ${processes === 1 ? 'process' : 'processes'}`,
    requests,
    digits(requests / CONNECTIONS),
    resolves,
    digits((requests * (MINUTE_MS / FOR_MS) * TTL_MS) / DEFAULT_TTL_MS),
  ]);
}
