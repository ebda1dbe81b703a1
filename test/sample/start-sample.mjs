// Starts the sample as the README says, and asks it what its landing page promises.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const START_LIMIT_MS = 180_000;

const sample = spawn('npm', ['start'], {
  detached: true,
  env: { ...process.env, PORT: '0', NO_COLOR: '1' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const exited = once(sample, 'exit');

async function addressOf({ stdout }) {
  const deadline = setTimeout(() => stdout.destroy(new Error('no start in time')), START_LIMIT_MS);
  let log = '';
  for await (const chunk of stdout.setEncoding('utf8')) {
    log += chunk;
    const [, url, mode] = /Listening on (http:\S+) in (\w+) mode/.exec(log) ?? [];
    if (url === undefined) continue;
    clearTimeout(deadline);
    console.log(`listening on ${url} in ${mode} mode`);
    return url;
  }
  throw new Error(`the sample ended:\n${log}`);
}

async function checkRoutes(url) {
  const page = await (await fetch(url)).text();
  const routes = [...page.matchAll(/href="(\/\S+)">[^]*?<span>(?:(\d{3})\b)?/g)];
  assert.ok(routes.length >= 13, 'the landing page says what to try');
  for (const [, path, status = '200'] of routes) {
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

try {
  const url = await addressOf(sample);
  await checkRoutes(url);
  await checkMainJob(url);
  console.log('the sample does what it says');
} finally {
  process.kill(-sample.pid, 'SIGTERM');
  await exited;
}
