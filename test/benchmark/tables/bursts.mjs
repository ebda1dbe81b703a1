import { withBase44 } from '../support/base44.mjs';
import { inTurns, median } from '../support/in-turns.mjs';
import { digits, fixed } from '../support/table.mjs';
import { serveParent, withWorker } from '../support/worker.mjs';

const BURST = import.meta.resolve('../processes/burst.mjs');

const ROUNDS = 7;
const CALLERS = 10_000;
const BYTES_PER_MIB = 1_048_576;

const SUBJECTS = {
  'this module, 1 connection': ['module', 1],
  '@base44/sdk, 1 connection': ['sdk', 1],
  'this module, 100 connections': ['module', 100],
  '@base44/sdk, 100 connections': ['sdk', 100],
};

serveParent({ measure: () => withBase44(measure) });

async function measure(base44) {
  const bursts = {};
  const subjects = Object.entries(SUBJECTS).map(([name, [kind, connections]]) => {
    bursts[name] = [];
    const burst = async () => {
      const figures = await burstOnce(base44, kind, connections);
      bursts[name].push(figures);
      return figures.ms;
    };
    return [name, burst];
  });
  await inTurns(Object.fromEntries(subjects), { rounds: ROUNDS, warmUpRounds: 0 });
  const one = bursts['this module, 1 connection'];
  return {
    title: `${CALLERS} callers at the same time, ${ROUNDS} fresh processes each`,
    columns: ['', 'upstream requests', 'failed', 'ms', 'peak RSS + MiB', 'heap + MiB'],
    rows: Object.entries(bursts).map(([name, figures]) => toRow(name, figures)),
    goals: [{ what: 'requests for 1 connection', figure: worst(one, 'requests'), atMost: 1 }],
    samples: bursts,
  };
}

function burstOnce({ serverUrl, takeRequests }, kind, connections) {
  return withWorker(BURST, { execArgv: ['--expose-gc'] }, async (worker) => {
    await worker.ask('prepare', kind, serverUrl);
    await takeRequests();
    const figures = await worker.ask('burst', CALLERS, connections);
    return { ...figures, requests: await takeRequests() };
  });
}

function toRow(name, figures) {
  const typical = (figure) => median(figures.map((each) => each[figure]));
  return [
    name,
    typical('requests'),
    typical('failed'),
    digits(typical('ms')),
    fixed(typical('rssBytes') / BYTES_PER_MIB, 1),
    fixed(typical('heapBytes') / BYTES_PER_MIB, 1),
  ];
}

function worst(figures, figure) {
  return Math.max(...figures.map((each) => each[figure]));
}
