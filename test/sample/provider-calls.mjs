// Starts sample/03-provider-calls as the README says, and checks which requests its calls caused.
import assert from 'node:assert/strict';
import { photographPage } from './support/browser.mjs';
import { checkSample, said } from './support/sample.mjs';

const LIMIT_MS = 120_000;
const START = ['npm', 'start', '--', '--sourceRoot', 'sample/03-provider-calls'];

/** The patterns of the emulator's tokens: of the service role and of connectors. */
const TOKENS = /emulated-/;

/** The requests that each scene causes, with the token and the status of each. */
const STEPS = [
  ['Base44, service token: 200', 'Google Calendar, first token: 200'],
  [
    'Google Calendar, first token: 401',
    'Base44, service token: 200',
    'Google Calendar, second token: 200',
  ],
  ['Google Calendar, second token: 401', 'Base44, service token: 200'],
  ['Base44, service token: 200', 'Slack, first token: 429', 'Slack, first token: 200'],
  ['Slack, first token: 503'],
  ['Base44, service token: 200', 'GitHub, first token: 301', 'GitHub, first token: 200'],
  ['GitHub, first token: 302', 'Codeload, no token: 200'],
  [],
];
const SHOWN = [
  '401 Unauthorized',
  'second token',
  'CONNECTOR_REAUTHORIZATION_REQUIRED',
  '429 Too Many Requests',
  'Retry-After: 1',
  's later',
  'POST /api/chat.postMessage',
  '301 Moved Permanently',
  'no token',
  'No request has left',
  'ORIGIN_NOT_ALLOWED',
  'GitHubController.repository',
  'SlackService',
];

async function textAt(url, type) {
  const response = await fetch(url);
  const text = await response.text();
  assert.equal(response.status, 200, text);
  assert.match(response.headers.get('content-type'), type);
  assert.equal(response.headers.get('cache-control'), 'no-store');
  assert.doesNotMatch(text, TOKENS);
  return text;
}

async function playScenes(url) {
  const scenes = JSON.parse(await textAt(`${url}/scenes`, /^application\/json/));
  assert.deepEqual(
    scenes.map(({ steps }) => steps.map(({ to, token, status }) => `${to}, ${token}: ${status}`)),
    STEPS,
  );
  return scenes;
}

function checkGoogleCalendar([works, revoked, deadEnd]) {
  const events = { status: 200, body: { events: ['Stand-up', 'Lunch'] } };
  assert.deepEqual([works.answer, revoked.answer], [events, events]);
  assert.equal(works.steps[1].path, '/calendar/v3/calendars/primary/events');
  said('Google Calendar rejects a token: the module requests another and repeats the call once');
  assert.equal(deadEnd.steps[1].says, 'hands out the second token');
  assert.equal(deadEnd.answer.status, 424);
  assert.equal(deadEnd.answer.body.error, 'CONNECTOR_REAUTHORIZATION_REQUIRED');
  assert.match(deadEnd.answer.body.message, /connect it again under Integrations/);
  said('Base44 has no other token: the call is not repeated, and the error has the remedy');
}

function checkSlack([channels, message]) {
  const [, , later] = channels.steps;
  assert.equal(later.path, '/api/conversations.list');
  assert.ok(later.waitedMs >= 1000, `after ${later.waitedMs} ms`);
  assert.deepEqual(channels.answer, { status: 200, body: { channels: ['general', 'releases'] } });
  said('Slack limits the rate: the module repeats the call after at least a second');
  assert.equal(message.answer.status, 503);
  said('a POST is not repeated: its 503 reaches the application');
}

function checkGitHub([renamed, archive, foreign]) {
  assert.deepEqual(renamed.answer, { status: 200, body: { name: 'acme/website' } });
  said('GitHub redirects to the same origin: the token goes along');
  const [github, codeload] = archive.steps;
  assert.notEqual(github.host, codeload.host);
  assert.equal(github.says, `Location: http://${codeload.host}${codeload.path}`);
  assert.equal(archive.answer.status, 200);
  said('GitHub redirects to another origin: the token does not arrive there');
  assert.equal(foreign.answer.body.error, 'ORIGIN_NOT_ALLOWED');
  said('a URL of another origin is rejected, and nothing is sent');
}

async function checkPage(url) {
  // Concurrent loads do not mix their requests.
  const [page] = await Promise.all([textAt(url, /^text\/html/), playScenes(url), playScenes(url)]);
  for (const part of SHOWN) assert.ok(page.includes(part), `the page shows ${part}`);
  const { headers } = await fetch(url);
  assert.match(headers.get('content-security-policy'), /^default-src 'none'/);
  said('the page shows it, and each load starts again');
}

function checkLog({ log }) {
  assert.match(
    log,
    /- github, required by \S+: connected\n- slack, required by SlackService: connected/,
  );
  assert.doesNotMatch(log, TOKENS);
  said('the log reports the required connectors at startup; no token is in it, nor in the page');
}

await checkSample(START, LIMIT_MS, async (sample, atTheEnd) => {
  const url = await sample.address();
  said(`the sample listens on ${url}`);
  const scenes = await playScenes(url);
  checkGoogleCalendar(scenes.slice(0, 3));
  checkSlack(scenes.slice(3, 5));
  checkGitHub(scenes.slice(5));
  await checkPage(url);
  await photographPage(url, 'provider-calls', ['/github/archive'], atTheEnd);
  checkLog(sample);
  console.log('the calls survive what the providers do, and the page shows it');
});
