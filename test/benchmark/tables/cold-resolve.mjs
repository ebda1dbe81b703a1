import axios from 'axios';
import { once } from 'node:events';
import { get } from 'node:http';
import { withBase44 } from '../support/base44.mjs';
import { APP_ID, connectorsService, SDK_HEADERS, sdkConnectors } from '../support/connectors.mjs';
import { inTurns, median, medianRatio } from '../support/in-turns.mjs';
import { digits, fixed } from '../support/table.mjs';
import { nsPerCall } from '../support/timed.mjs';
import { serveParent } from '../support/worker.mjs';

/** Node.js 20 makes promises and event targets more expensive. */
const AT_MOST = process.version.startsWith('v20.') ? 1 : 0.95;

const ROUNDS = 15;
const CALLS = 250;
const NS_PER_US = 1_000;
const UNCACHED = 'getConnection, cache: false';
const FRESH = 'getConnection, fresh: true';
const SDK = '@base44/sdk';

serveParent({ measure: () => withBase44(({ serverUrl }) => measure(serverUrl)) });

async function measure(serverUrl) {
  const uncached = await connectorsService({ serverUrl, cache: false });
  const caching = await connectorsService({ serverUrl });
  const sdk = sdkConnectors(serverUrl);
  const url = `${serverUrl}/api/apps/${APP_ID}/external-auth/tokens/slack`;
  const subjects = {
    [UNCACHED]: () => uncached.getConnection('slack'),
    [FRESH]: () => caching.getConnection('slack', { fresh: true }),
    [SDK]: () => sdk.getConnection('slack'),
    axios: () => axios.get(url, { headers: SDK_HEADERS }),
    'node:http': () => getJson(url),
  };
  const samples = await inTurns(mapValues(subjects, microsecondsPerCall), { rounds: ROUNDS });
  const toSdk = (name) => fixed(medianRatio(samples[name], samples[SDK]));
  return {
    title: `A token requested from Base44 over loopback: ${ROUNDS} rounds of ${CALLS} awaited calls each`,
    columns: ['', 'µs per call', ': SDK'],
    rows: Object.entries(samples).map(([name, us]) => [name, digits(median(us)), toSdk(name)]),
    goals: [
      { what: 'cold resolve, cache: false : SDK', figure: toSdk(UNCACHED), atMost: AT_MOST },
      { what: 'cold resolve, fresh: true : SDK', figure: toSdk(FRESH), atMost: AT_MOST },
    ],
    samples,
  };
}

function mapValues(object, map) {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value)]));
}

function microsecondsPerCall(resolve) {
  return async () => {
    const ns = await nsPerCall(CALLS, async (count) => {
      for (let call = 0; call < count; call += 1) await resolve();
    });
    return ns / NS_PER_US;
  };
}

async function getJson(url) {
  const [response] = await once(get(url, { headers: SDK_HEADERS }), 'response');
  let text = '';
  response.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  await once(response, 'end');
  return JSON.parse(text);
}
