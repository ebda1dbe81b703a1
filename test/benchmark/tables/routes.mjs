import { withBase44 } from '../support/base44.mjs';
import { inTurns, median, medianRatio } from '../support/in-turns.mjs';
import { digits, fixed } from '../support/table.mjs';
import { serveParent, withWorker } from '../support/worker.mjs';

const APP_SERVER = import.meta.resolve('../processes/app-server.mjs');
const LOAD = import.meta.resolve('../processes/load.mjs');

const ROUNDS = 17;
const WARM_UP_ROUNDS = 2;
const CONNECTIONS = 32;
const US_PER_MS = 1_000;

/** The number of requests in a round, by route. */
const AMOUNTS = { plain: 2_000, 'no-op': 2_000, promise: 2_000, decorated: 2_000, sdk: 300 };

const TIMES_THE_SDK = { Express: 3, Fastify: 10 };

serveParent({ measure });

async function measure() {
  const platforms = {};
  for (const platform of Object.keys(TIMES_THE_SDK)) {
    platforms[platform] = await withBase44(({ serverUrl }) => measureOn(platform, serverUrl));
  }
  return {
    title:
      `Routes of a Nest application, ${CONNECTIONS} connections of autocannon: ` +
      `${ROUNDS} rounds of ${AMOUNTS.plain} requests each (sdk: ${AMOUNTS.sdk})`,
    columns: [
      '',
      'requests/s',
      ': plain',
      ': no-op',
      ': promise',
      ': sdk',
      'CPU µs',
      'above no-op',
    ],
    rows: Object.entries(platforms).flatMap(([platform, samples]) => toRows(platform, samples)),
    goals: Object.entries(platforms).flatMap(([platform, samples]) => toGoals(platform, samples)),
    notes: [
      'CPU is what the process of the application used; it depends less on what else the machine does.',
    ],
    samples: platforms,
  };
}

function measureOn(platform, serverUrl) {
  return withWorker(APP_SERVER, {}, (app) =>
    withWorker(LOAD, {}, async (load) => {
      const url = await app.ask('listen', platform, serverUrl);
      const cpu = Object.fromEntries(Object.keys(AMOUNTS).map((route) => [route, []]));
      const measureRoute = (route) => async () => {
        const options = { amount: AMOUNTS[route], connections: CONNECTIONS };
        const beforeMs = await app.ask('cpuMs');
        const perSecond = await load.ask('requestsPerSecond', `${url}/${route}`, options);
        const usedMs = (await app.ask('cpuMs')) - beforeMs;
        cpu[route].push((usedMs * US_PER_MS) / AMOUNTS[route]);
        return perSecond;
      };
      const subjects = Object.fromEntries(
        Object.keys(AMOUNTS).map((route) => [route, measureRoute(route)]),
      );
      const perSecond = await inTurns(subjects, { rounds: ROUNDS, warmUpRounds: WARM_UP_ROUNDS });
      for (const samples of Object.values(cpu)) samples.splice(0, WARM_UP_ROUNDS);
      return { perSecond, cpu };
    }),
  );
}

function toRows(platform, { perSecond, cpu }) {
  return Object.keys(AMOUNTS).map((route) => [
    `${platform} /${route}`,
    digits(median(perSecond[route])),
    ...['plain', 'no-op', 'promise', 'sdk'].map((other) => ratio(perSecond, route, other)),
    fixed(median(cpu[route]), 1),
    fixed(median(cpu[route].map((us, round) => us - cpu['no-op'][round])), 1),
  ]);
}

function toGoals(platform, { perSecond }) {
  const goal = (other, atLeast) => ({
    what: `${platform}, throughput of the decorated route : ${other}`,
    figure: ratio(perSecond, 'decorated', other),
    atLeast,
  });
  return [
    goal('promise', 0.97),
    goal('no-op', 0.97),
    goal('plain', 0.95),
    goal('sdk', TIMES_THE_SDK[platform]),
  ];
}

function ratio(perSecond, route, other) {
  return fixed(medianRatio(perSecond[route], perSecond[other]), 3);
}
