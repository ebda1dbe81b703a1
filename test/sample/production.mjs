// Starts sample/05-production as its guide says.
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { checkSample, said } from './support/sample.mjs';

const LIMIT_MS = 120_000;
const START = ['npm', 'start', '--', '--sourceRoot', 'sample/05-production'];

await checkSample(START, LIMIT_MS, async (sample) => {
  const url = await sample.address();
  while ((sample.log.match(/Listening on/g) ?? []).length < 2) await delay(50);
  const processes = new Set();
  for (let call = 0; call < 20; call += 1) {
    // Without keep-alive, so that both processes respond.
    const response = await fetch(url, { headers: { Connection: 'close' } });
    assert.equal(response.status, 200);
    const { process, channels } = await response.json();
    processes.add(process);
    assert.deepEqual(
      channels.map(({ name }) => name),
      ['general', 'releases'],
    );
  }
  assert.equal(processes.size, 2);
  said('GET / returns the channels, from either process');

  assert.match(sample.log, /slack, required by ChannelsController\.channels: connected/);
  const requests = sample.log.match(/name: 'connectors\.request slack'/g) ?? [];
  assert.equal(requests.length, 1);
  assert.match(sample.log, /name: 'connectors\.call slack'/);
  said('both processes sent one request to Base44, and the spans are on the console');

  const ready = await (await fetch(new URL('/health/ready', url))).json();
  assert.equal(ready.details.connectors.status, 'up');
  said('GET /health/ready is up');

  const page = new URL('/ops/connectors', url);
  assert.equal((await fetch(page)).status, 401);
  const [, password] = /operator, password (\S+)/.exec(sample.log) ?? [];
  const Authorization = `Basic ${globalThis.btoa(`operator:${password}`)}`;
  const html = await fetch(page, { headers: { Authorization, Accept: 'text/html' } });
  assert.equal(html.status, 200);
  assert.match(await html.text(), /slack/);
  said('GET /ops/connectors shows the connector to operators');
});
