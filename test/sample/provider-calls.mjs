// Starts sample/03-provider-calls as the README says, and asks it what became of its calls.
import assert from 'node:assert/strict';
import { checkSample, said } from './support/sample.mjs';

const LIMIT_MS = 120_000;
const START = ['npm', 'start', '--', '--sourceRoot', 'sample/03-provider-calls'];

/** What the emulator's tokens look like, of the service role and of connectors. */
const TOKENS = /emulated-/;

/** What goes where in each story, with which token, and what comes back. */
const STEPS = {
  'google-calendar': [
    ['Base44, service token: 200', 'Google Calendar, first token: 200'],
    [
      'Google Calendar, first token: 401',
      'Base44, service token: 200',
      'Google Calendar, second token: 200',
    ],
    ['Google Calendar, second token: 401', 'Base44, service token: 200'],
  ],
  slack: [
    ['Base44, service token: 200', 'Slack, first token: 429', 'Slack, first token: 200'],
    ['Slack, first token: 429'],
  ],
  github: [
    ['Base44, service token: 200', 'GitHub, first token: 301', 'GitHub, first token: 200'],
    ['GitHub, first token: 302', 'Codeload, no token: 200'],
    [],
  ],
};
const SHOWN = {
  'google-calendar': ['401 Unauthorized', 'second token', 'CONNECTOR_REAUTHORIZATION_REQUIRED'],
  slack: ['429 Too Many Requests', 'Retry-After: 1', 's later', 'POST /api/chat.postMessage'],
  github: ['301 Moved Permanently', 'no token', 'No request has left', 'ORIGIN_NOT_ALLOWED'],
};

async function textAt(url, type) {
  const response = await fetch(url);
  const text = await response.text();
  assert.equal(response.status, 200, text);
  assert.match(response.headers.get('content-type'), type);
  assert.equal(response.headers.get('cache-control'), 'no-store');
  assert.doesNotMatch(text, TOKENS);
  return text;
}

async function storiesOf(url, name) {
  const stories = JSON.parse(await textAt(`${url}/stories/${name}.json`, /^application\/json/));
  assert.deepEqual(
    stories.map(({ steps }) => steps.map(({ to, token, status }) => `${to}, ${token}: ${status}`)),
    STEPS[name],
  );
  return stories;
}

async function checkGoogleCalendar(url) {
  const [works, revoked, deadEnd] = await storiesOf(url, 'google-calendar');
  const events = { status: 200, body: { events: ['Stand-up', 'Lunch'] } };
  assert.deepEqual([works.answer, revoked.answer], [events, events]);
  said('Google Calendar refuses a token: the next one is asked for, and the call sent once more');
  assert.deepEqual(deadEnd.steps[1].says, ['hands out the second token']);
  assert.equal(deadEnd.answer.status, 424);
  assert.equal(deadEnd.answer.body.error, 'CONNECTOR_REAUTHORIZATION_REQUIRED');
  assert.match(deadEnd.answer.body.message, /connect it again under Integrations/);
  said('Base44 has no other token: the call is not sent again, and the error has the remedy');
}

async function checkSlack(url) {
  const [channels, message] = await storiesOf(url, 'slack');
  const [, , later] = channels.steps;
  assert.ok(later.waitedMs >= 1000, `after ${later.waitedMs} ms`);
  assert.deepEqual(channels.answer, { status: 200, body: { channels: ['general', 'releases'] } });
  said('Slack asks to wait: the call is sent again, no sooner than after a second');
  assert.equal(message.answer.status, 429);
  said('a POST is not repeated: its 429 reaches the application');
}

async function checkGitHub(url) {
  const [renamed, archive, foreign] = await storiesOf(url, 'github');
  assert.deepEqual(renamed.answer, { status: 200, body: { name: 'acme/website' } });
  said('GitHub redirects to the same origin: the token goes along');
  const [github, codeload] = archive.steps;
  assert.notEqual(github.host, codeload.host);
  assert.deepEqual(github.says, [`Location: http://${codeload.host}${codeload.path}`]);
  assert.equal(archive.answer.status, 200);
  said('GitHub redirects to another origin: the token does not arrive there');
  assert.equal(foreign.answer.body.error, 'ORIGIN_NOT_ALLOWED');
  said('a URL of somebody else is refused, and nothing is sent');
}

async function checkPages(url) {
  const home = await textAt(url, /^text\/html/);
  assert.ok(home.includes('GitHubController.repository') && home.includes('SlackService'));
  const checks = Object.entries(SHOWN).map(async ([name, parts]) => {
    assert.ok(home.includes(`href="/stories/${name}"`), `a link to ${name}`);
    const page = await textAt(`${url}/stories/${name}`, /^text\/html/);
    for (const part of parts) assert.ok(page.includes(part), `${name} shows ${part}`);
  });
  // At once: what one of them sees is not what the others cause.
  await Promise.all([...checks, ...Object.keys(STEPS).map((name) => storiesOf(url, name))]);
  said('the pages show it, anew whenever they are loaded');
}

function checkLog({ log }) {
  assert.match(log, /- github, for \S+: connected\n- slack, for SlackService: connected/);
  assert.doesNotMatch(log, TOKENS);
  said('the start reports the connectors that are needed; no token is in the log, nor in a page');
}

await checkSample(START, LIMIT_MS, async (sample) => {
  const url = await sample.address();
  said(`the sample listens on ${url}`);
  await checkGoogleCalendar(url);
  await checkSlack(url);
  await checkGitHub(url);
  await checkPages(url);
  checkLog(sample);
  console.log('what providers do to calls is met, and shown');
});
