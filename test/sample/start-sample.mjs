// Starts sample/01-basic as the README says, and requests every route that its home page lists.
import assert from 'node:assert/strict';
import { checkSample } from './support/sample.mjs';

const LIMIT_MS = 180_000;

async function checkRoutes(url) {
  const page = await (await fetch(url)).text();
  const routes = [...page.matchAll(/href="(\/\S+)">[^]*?<dd>(\d{3})\b/g)];
  assert.ok(routes.length >= 13, 'the home page lists the routes to try');
  for (const [, path, status] of routes) {
    const response = await fetch(url + path);
    assert.equal(response.status, Number(status), path);
    console.log(`GET ${path} ${response.status} ${(await response.text()).slice(0, 90)}`);
  }
}

async function checkMainJob(url) {
  const events = await (await fetch(`${url}/calendar/events`)).json();
  assert.deepEqual(
    events.items.map(({ summary }) => summary),
    ['Stand-up', 'Lunch with the connectors team'],
  );
  const { channels } = await (await fetch(`${url}/slack/channels`)).json();
  assert.deepEqual(
    channels.map(({ name }) => name),
    ['general', 'releases'],
  );
}

await checkSample(['npm', 'start'], LIMIT_MS, async (sample) => {
  const url = await sample.address();
  console.log(`listening on ${url}`);
  await checkRoutes(url);
  await checkMainJob(url);
  console.log('the sample does what it says');
});
