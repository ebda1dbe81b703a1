import { withBase44 } from '../support/base44.mjs';
import { inTurns, median, medianRatio } from '../support/in-turns.mjs';
import { digits, fixed } from '../support/table.mjs';
import { serveParent, withWorker } from '../support/worker.mjs';

const APP_SERVER = import.meta.resolve('../processes/app-server.mjs');
const LOAD = import.meta.resolve('../processes/load.mjs');

const ROUNDS = 17;
const WARM_UP_ROUNDS = 2;
const CONNECTIONS = 32;
const AMOUNT = 2_000;
const US_PER_MS = 1_000;
const PLATFORMS = ['Express', 'Fastify'];

/** Applications with the same route. Two are without the context, because their ratio shows the error of the measurement. */
const APPS = {
  without: {},
  'without, again': {},
  with: { readsRequests: true },
};

serveParent({ measure });

async function measure() {
  const platforms = {};
  for (const platform of PLATFORMS) {
    platforms[platform] = await withBase44(({ serverUrl }) => measureOn(platform, serverUrl));
  }
  return {
    title:
      `The ambient context, a route that does nothing: ${ROUNDS} rounds of ${AMOUNT} requests, ` +
      `${CONNECTIONS} connections of autocannon`,
    columns: ['', 'requests/s', ': without', 'CPU µs/request', 'more than without'],
    rows: Object.entries(platforms).flatMap(([platform, samples]) => toRows(platform, samples)),
    goals: Object.entries(platforms).map(([platform, { perSecond }]) => ({
      what: `${platform}, throughput with the ambient context : without`,
      figure: ratio(perSecond, 'with'),
      atLeast: 0.98,
    })),
    samples: platforms,
  };
}

function measureOn(platform, serverUrl) {
  return withApps(Object.entries(APPS), {}, (apps) =>
    withWorker(LOAD, {}, async (load) => {
      const cpu = {};
      const subjects = {};
      for (const [name, app] of Object.entries(apps)) {
        const url = await app.ask('listen', platform, serverUrl, APPS[name]);
        cpu[name] = [];
        subjects[name] = async () => {
          const beforeMs = await app.ask('cpuMs');
          const options = { amount: AMOUNT, connections: CONNECTIONS };
          const perSecond = await load.ask('requestsPerSecond', `${url}/plain`, options);
          cpu[name].push((((await app.ask('cpuMs')) - beforeMs) * US_PER_MS) / AMOUNT);
          return perSecond;
        };
      }
      const perSecond = await inTurns(subjects, { rounds: ROUNDS, warmUpRounds: WARM_UP_ROUNDS });
      for (const samples of Object.values(cpu)) samples.splice(0, WARM_UP_ROUNDS);
      return { perSecond, cpu };
    }),
  );
}

/** Starts a process for each application, and ends all of them. */
function withApps([next, ...others], started, use) {
  if (next === undefined) return use(started);
  return withWorker(APP_SERVER, {}, (app) => withApps(others, { ...started, [next[0]]: app }, use));
}

function toRows(platform, { perSecond, cpu }) {
  return Object.keys(APPS).map((app) => [
    `${platform}, ${app}`,
    digits(median(perSecond[app])),
    ratio(perSecond, app),
    fixed(median(cpu[app]), 1),
    fixed(median(cpu[app].map((us, round) => us - cpu.without[round])), 1),
  ]);
}

function ratio(perSecond, app) {
  return fixed(medianRatio(perSecond[app], perSecond.without), 3);
}
