import axios from 'axios';
import { HttpService } from '@nestjs/axios';
import { NestFactory } from '@nestjs/core';
import {
  ConnectorsModule,
  ConnectorsService,
  getConnectorHttpToken,
} from 'nestjs-base44-connectors';
import { Agent } from 'node:http';
import { firstValueFrom } from 'rxjs';
import { withBase44 } from '../support/base44.mjs';
import { APP_ID, SERVICE_TOKEN } from '../support/connectors.mjs';
import { inTurns, median, medianRatio } from '../support/in-turns.mjs';
import { digits, fixed } from '../support/table.mjs';
import { nsPerCall } from '../support/timed.mjs';
import { serveParent, withWorker } from '../support/worker.mjs';

const PROVIDER = import.meta.resolve('../processes/provider-server.mjs');
const ROUNDS = 31;
const CALLS = 400;
const NS_PER_US = 1_000;
const PATH = '/v1/contacts?limit=10';
const FETCH = 'connectors.fetch';
const BARE_FETCH = 'fetch, token in its headers';
const HTTP = '@InjectConnectorHttp';
const PLAIN_HTTP = 'HttpService, token in its headers';

serveParent({
  measure: () =>
    withWorker(PROVIDER, {}, async (provider) =>
      withBase44(async ({ serverUrl }) => measure(serverUrl, await provider.ask('listen'))),
    ),
});

async function measure(serverUrl, providerUrl) {
  const { connectors, http } = await application(serverUrl, providerUrl);
  const { accessToken } = await connectors.getConnection('slack');
  const headers = { Authorization: `Bearer ${accessToken}` };
  const plain = new HttpService(
    axios.create({ baseURL: providerUrl, httpAgent: new Agent({ keepAlive: true }) }),
  );
  const url = `${providerUrl}${PATH}`;
  const subjects = {
    [FETCH]: async () => (await connectors.fetch('slack', PATH)).json(),
    [BARE_FETCH]: async () => (await fetch(url, { headers })).json(),
    [HTTP]: async () => (await firstValueFrom(http.get(PATH))).data,
    [PLAIN_HTTP]: async () => (await firstValueFrom(plain.get(PATH, { headers }))).data,
  };
  const runs = Object.entries(subjects).map(([name, call]) => [name, microsecondsPerCall(call)]);
  const samples = await inTurns(Object.fromEntries(runs), { rounds: ROUNDS });
  const ratio = (name, reference) => fixed(medianRatio(samples[name], samples[reference]));
  return {
    title: `A call to a provider, over loopback: ${ROUNDS} rounds of ${CALLS} awaited calls each`,
    columns: ['', 'µs per call', ': without the module'],
    rows: [
      [FETCH, digits(median(samples[FETCH])), ratio(FETCH, BARE_FETCH)],
      [BARE_FETCH, digits(median(samples[BARE_FETCH])), 1],
      [HTTP, digits(median(samples[HTTP])), ratio(HTTP, PLAIN_HTTP)],
      [PLAIN_HTTP, digits(median(samples[PLAIN_HTTP])), 1],
    ],
    goals: [
      { what: `${FETCH} : fetch`, figure: ratio(FETCH, BARE_FETCH), atMost: 1.1 },
      { what: `${HTTP} : HttpService`, figure: ratio(HTTP, PLAIN_HTTP), atMost: 1.1 },
    ],
    samples,
  };
}

async function application(serverUrl, baseURL) {
  const feature = ConnectorsModule.forFeature([{ connector: 'slack', baseURL }]);
  const app = await NestFactory.createApplicationContext(
    {
      ...feature,
      imports: [
        ConnectorsModule.forRoot({ appId: APP_ID, serviceToken: SERVICE_TOKEN, serverUrl }),
      ],
    },
    { logger: ['error', 'warn'] },
  );
  return {
    connectors: app.get(ConnectorsService),
    http: app.get(getConnectorHttpToken('slack'), { strict: false }),
  };
}

function microsecondsPerCall(call) {
  return async () => {
    const ns = await nsPerCall(CALLS, async (count) => {
      for (let made = 0; made < count; made += 1) await call();
    });
    return ns / NS_PER_US;
  };
}
