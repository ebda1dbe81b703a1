import { setImmediate as nextTurn } from 'node:timers/promises';
import { connectorsService } from '../support/connectors.mjs';
import { inTurns, median, medianRatio } from '../support/in-turns.mjs';
import { digits, fixed } from '../support/table.mjs';
import { nsPerCall } from '../support/timed.mjs';
import { serveParent } from '../support/worker.mjs';

const ROUNDS = 15;
const CALLS = 200_000;
const DRIFT_CALLS = 1_000_000;
const COUNTS = [1, 10, 100, 1_000, 10_000, 100_000];
const HOUR_MS = 3_600_000;
const TOKEN_LENGTH = 220;

serveParent({ measure });

async function measure() {
  const stores = [];
  for (const count of COUNTS) stores.push(await filled(count));
  const subjects = Object.fromEntries(stores.map((store) => [store.count, roundRobin(store)]));
  for (const store of stores) subjects[bare(store.count)] = bareMap(store);
  const samples = await inTurns(subjects, { rounds: ROUNDS });
  const bareToOne = (count) => fixed(medianRatio(samples[bare(count)], samples[bare(1)]));
  const toOne = (count) => fixed(medianRatio(samples[count], samples[1]));
  const most = stores.at(-1);
  return {
    title: `Warm resolves round-robin over many connections: ${ROUNDS} rounds of ${CALLS} awaited calls each`,
    columns: ['connections', 'ns per call', ': one', 'ns, bare Map', ': one', 'heap bytes each'],
    rows: stores.map(({ count, bytes }) => [
      count,
      digits(median(samples[count])),
      toOne(count),
      digits(median(samples[bare(count)])),
      bareToOne(count),
      // Other allocations hide the size of a few connections.
      count < 1_000 ? '–' : Math.round(bytes / count),
    ]),
    goals: [
      { what: `warm resolve at ${most.count} : at 1`, figure: toOne(most.count), atMost: 1.5 },
      {
        what: 'bytes of a cached connection',
        figure: Math.round(most.bytes / most.count),
        atMost: 1024,
      },
    ],
    notes: [
      'A bare Map of promises, awaited: what the memory of this machine takes at the least.',
      `A connection's own token (${TOKEN_LENGTH} characters) and name are in its bytes.`,
      `${DRIFT_CALLS} resolves of ${most.count} connections changed the heap by ${await drift(most)} %.`,
    ],
    samples,
  };
}

async function filled(count) {
  const client = {
    getConnection: async (id) => ({ accessToken: toToken(id), connectionConfig: null }),
  };
  const cache = { ttlMs: HOUR_MS, maxEntries: 200_000 };
  const service = await connectorsService({ client, cache });
  await service.getConnection('warm-up');
  const before = await heapAfterGc();
  for (let index = 0; index < count; index += 1) await service.getConnection(toName(index));
  const bytes = (await heapAfterGc()) - before;
  const names = Array.from({ length: count }, (_, index) => toName(index));
  const promises = new Map(
    names.map((name, index) => [toName(index), service.getConnection(name)]),
  );
  return { count, service, bytes, names, promises };
}

function roundRobin({ service, names }) {
  return () =>
    nsPerCall(CALLS, async (calls) => {
      let next = 0;
      for (let call = 0; call < calls; call += 1) {
        await service.getConnection(names[next]);
        next = next + 1 === names.length ? 0 : next + 1;
      }
    });
}

function bare(count) {
  return `bare Map, ${count}`;
}

/** The same promises in a plain Map. */
function bareMap({ names, promises }) {
  return () =>
    nsPerCall(CALLS, async (calls) => {
      let next = 0;
      for (let call = 0; call < calls; call += 1) {
        await promises.get(names[next]);
        next = next + 1 === names.length ? 0 : next + 1;
      }
    });
}

/** @returns by how many percent many resolves changed the size of the heap */
async function drift({ service, names }) {
  const before = await heapAfterGc();
  for (let call = 0; call < DRIFT_CALLS; call += 1) {
    await service.getConnection(names[call % names.length]);
  }
  return fixed((((await heapAfterGc()) - before) / before) * 100);
}

/** Weak references hold until the end of a turn of the event loop. Their cleanup takes another turn. */
async function heapAfterGc() {
  for (let pass = 0; pass < 3; pass += 1) {
    await nextTurn();
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed;
}

function toName(index) {
  return `connector-${String(index).padStart(6, '0')}`;
}

/** A flat string, as one parsed from a response is, instead of one concatenated from parts. */
function toToken(id) {
  return JSON.parse(`"${`ya29.${id}`.padEnd(TOKEN_LENGTH, 'a')}"`);
}
