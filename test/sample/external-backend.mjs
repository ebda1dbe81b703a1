// Starts sample/04-external-backend as the README says, and requests the way of the token.
// Without deno on the PATH it downloads one for the run.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { checkSample, ROOT, said } from './support/sample.mjs';

const LIMIT_MS = 120_000;
const START = ['npm', 'start', '--', '--sourceRoot', 'sample/04-external-backend'];
const GET_DENO = ['npx', '--yes', '--package', 'deno@2.9.6', '--'];
const MAIN = 'dist/sample/04-external-backend/main.js';

/** The patterns of the emulator's tokens: of the service role and of connectors. */
const TOKENS = /emulated-/;

const hasDeno = spawnSync('deno', ['--version']).status === 0;

async function getWays(url) {
  const response = await fetch(`${url}/ways`);
  const text = await response.text();
  assert.equal(response.status, 200, text);
  assert.doesNotMatch(text, TOKENS);
  const [slack, github, notion] = JSON.parse(text);
  return { slack, github, notion };
}

const getParties = ({ steps }) => steps.map(({ from, to }) => `${from} > ${to}`);

function checkWholeWay({ outcome, steps }) {
  assert.ok(outcome.tokenLength > 0);
  assert.deepEqual(getParties({ steps }), [
    'Nest application > Function hosting',
    'Function hosting > Broker function',
    'Broker function > Base44 API',
    'Broker function > Nest application',
  ]);
  assert.deepEqual(
    steps.map(({ secrets }) => secrets),
    [[], ['service token'], ['service token'], ['access token']],
  );
  const [asked, , upstream] = steps;
  assert.ok(asked.headers.includes('x-connectors-signature'));
  assert.ok(!asked.headers.some((name) => name.includes('authorization')));
  assert.match(upstream.message, /^GET \S+\/tokens\/slack$/);
}

function checkRejection({ outcome, steps }, code, remedy) {
  assert.equal(outcome.code, code);
  assert.match(outcome.message, remedy);
  assert.deepEqual(getParties({ steps }), [
    'Nest application > Function hosting',
    'Function hosting > Broker function',
    'Broker function > Nest application',
  ]);
}

async function checkWays(url) {
  const first = await getWays(url);
  checkWholeWay(first.slack);
  said('the broker resolves: it alone has the service token, and asks Base44 once');
  checkRejection(first.github, 'BROKER_CONNECTOR_NOT_ALLOWED', /CONNECTORS_BROKER_ALLOW/);
  said('a connector that is not allowed is rejected, and Base44 gets no request');
  checkRejection(first.notion, 'BROKER_SECRET_REJECTED', /CONNECTORS_BROKER_SECRET/);
  said('a signature with the wrong secret is rejected, and Base44 gets no request');

  const second = await getWays(url);
  assert.ok(second.slack.outcome.tokenLength > 0);
  assert.deepEqual(second.slack.steps, []);
  said('the second time the token comes from memory');
}

async function checkPage(url) {
  const kept = await pageAt(url);
  assert.match(kept, /neither the broker nor Base44 got a request/);
  const forgotten = await fetch(`${url}/forget`, { method: 'POST' });
  assert.equal(forgotten.url, `${url}/`);
  const page = await forgotten.text();
  for (const part of [
    'Base44 API',
    'x-connectors-signature',
    'BROKER_CONNECTOR_NOT_ALLOWED',
    'BROKER_SECRET_REJECTED',
  ]) {
    assert.ok(page.includes(part), part);
  }
  assert.doesNotMatch(page, TOKENS);
  assert.doesNotMatch(page, /neither the broker nor Base44 got a request/);
  assert.match(await pageAt(url), /neither the broker nor Base44 got a request/);
  said('the page shows it; its button forgets the token, and the way is walked again');
}

async function pageAt(url) {
  const response = await fetch(url);
  assert.match(response.headers.get('content-type'), /^text\/html/);
  assert.match(response.headers.get('content-security-policy'), /^default-src 'none'/);
  assert.equal(response.headers.get('cache-control'), 'no-store');
  return response.text();
}

function checkWithoutDeno() {
  const env = { ...process.env, PATH: '/nowhere', PORT: '0', NO_COLOR: '1' };
  const { status, stderr } = spawnSync(process.execPath, [MAIN], {
    cwd: ROOT,
    env,
    timeout: 30_000,
  });
  assert.equal(status, 1);
  assert.match(String(stderr).trim(), /^.*npx --package deno@2 -- npm start -- --sourceRoot \S+$/);
  said('without deno it says in one line how to get it');
}

async function checkFolders() {
  const left = (await readdir(ROOT)).filter((name) => name.startsWith('.sample-04-'));
  assert.deepEqual(left, []);
  said('the folder of the function is gone');
}

await checkSample(hasDeno ? START : [...GET_DENO, ...START], LIMIT_MS, async (sample) => {
  const url = await sample.address();
  said(`the sample listens on ${url}`);
  await checkWays(url);
  await checkPage(url);
  assert.doesNotMatch(sample.log, TOKENS);
  checkWithoutDeno();
  await checkFolders();
  console.log('the token comes to an application that has no service token');
});
