// Two people use sample/02-app-users in a real Chromium, started as the README says. Everything
// that reaches their browsers goes through a proxy, which looks for tokens in it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import { launchBrowser, photograph, viewport, watchConsole } from './support/browser.mjs';
import { checkSample, said } from './support/sample.mjs';

const LIMIT_MS = 300_000;
const WAIT_MS = 30_000;
const EVENTS = {
  ada: [
    'Notes on the <Analytical Engine>',
    'Lunch with Charles & Mary',
    'Bernoulli numbers, by machine',
  ],
  grace: ['Remove the moth from relay 70', 'Compilers: "nobody believes it"'],
};
const CONNECTOR = '66f0c2a41d';

/** The patterns of the emulator's tokens: of users, of calendars and of the service role. */
const TOKENS = [/eyJ[\w-]+\.eyJ[\w-]+/, /emulated-[0-9a-f]{32}/, /emulated-service-token-/];

// --- requests and responses of the browsers

const answers = [];

/** Allows browsers to reach only this machine. */
async function startProxy() {
  const proxy = createServer((request, response) => {
    const { hostname } = new URL(request.url, 'http://invalid');
    if (!['localhost', '127.0.0.1'].includes(hostname)) return response.writeHead(502).end();
    const { method, headers } = request;
    const onwards = httpRequest(request.url, { method, headers }, (answer) => {
      const { statusCode, rawHeaders } = answer;
      const record = { url: request.url, text: rawHeaders.join('\n') };
      answers.push(record);
      response.writeHead(statusCode, rawHeaders);
      answer.on('data', (chunk) => (record.text += chunk)).pipe(response);
    });
    onwards.on('error', () => response.destroy());
    request.pipe(onwards);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return proxy;
}

async function checkPatterns() {
  const { Base44Emulator } = await import('nestjs-base44-connectors/testing');
  const base44 = await Base44Emulator.start();
  const tokens = [
    base44.addAppUser('ada').token,
    base44.connect('slack').accessToken,
    base44.serviceToken,
  ];
  await base44.close();
  for (const token of tokens) {
    assert.ok(TOKENS.some((pattern) => pattern.test(token)));
  }
  said('the patterns know the tokens of users, of calendars and of the service role');
}

function checkSecrecy({ log }) {
  const seen = answers.map(({ text }) => text).join('\n');
  assert.ok(seen.includes('Bernoulli numbers') && seen.includes('app_users_session='));
  for (const pattern of TOKENS) {
    const leak = answers.find(({ text }) => pattern.test(text));
    assert.equal(leak?.url, undefined, `an answer that matches ${pattern}`);
    assert.doesNotMatch(log, pattern);
  }
  said(`no token in the ${answers.length} answers that reached the browsers, nor in the log`);
}

// --- the browsers

const complaints = [];

async function openPerson(browser, id, name) {
  const context = await browser.newContext({ viewport });
  context.setDefaultTimeout(WAIT_MS);
  watchConsole(context, complaints, `${id}: `);
  return { id, name, context, page: await context.newPage() };
}

const connectButton = ({ page }) => page.getByRole('link', { name: 'Connect Google Calendar' });
const disconnectButton = ({ page }) => page.getByRole('button', { name: 'Disconnect' });
const getCookie = async ({ context }, url) => {
  const [{ name, value }] = await context.cookies(url);
  return `${name}=${value}`;
};

async function readEvents(person) {
  await disconnectButton(person).waitFor();
  return person.page.locator('#events li').allTextContents();
}

async function signIn(person, url) {
  await person.page.goto(url);
  if (person.id === 'ada') await photograph(person.page, 'app-users-signed-out');
  await person.page.getByRole('button', { name: `Sign in as ${person.name}` }).click();
  await person.page.getByText(person.name, { exact: true }).waitFor();
  const [cookie] = await person.context.cookies(url);
  assert.ok(cookie.httpOnly && cookie.sameSite === 'Lax');
  assert.equal(await person.page.evaluate('document.cookie + Object.keys(localStorage)'), '');
  said(`${person.name} signs in; scripts see nothing of the session`);
}

async function openConsent(person) {
  const opened = person.context.waitForEvent('page');
  await connectButton(person).click();
  const consent = await opened;
  await consent.getByRole('heading', { name: 'Connect Google Calendar?' }).waitFor();
  await consent.getByRole('definition').getByText(person.id, { exact: true }).waitFor();
  return consent;
}

async function deny(person) {
  const consent = await openConsent(person);
  await photograph(consent, 'consent');
  await consent.getByRole('button', { name: 'Deny' }).click();
  await consent.getByText('is not connected').waitFor();
  await photograph(consent, 'consent-denied');
  await consent.close();
  await seesOnlyTheConnectButton(person);
  said(`${person.name} denies, and is not connected`);
}

/** Approves with the keyboard. */
async function connect(person) {
  const consent = await openConsent(person);
  await person.page.getByText('Waiting for your approval').waitFor();
  if (person.id === 'ada') await photograph(person.page, 'app-users-waiting');
  await consent.bringToFront();
  await consent.keyboard.press('Tab');
  assert.equal(await consent.evaluate('document.activeElement.textContent'), 'Approve');
  await consent.keyboard.press('Enter');
  await consent.getByText('You can close this page').waitFor();
  if (person.id === 'ada') await photograph(consent, 'consent-approved');
  await disconnectButton(person).waitFor();
  await consent.close();
  await seesOwnEvents(person);
  said(`${person.name} approves in the other tab, and the page shows the events by itself`);
}

async function seesOwnEvents(person) {
  assert.deepEqual(await readEvents(person), EVENTS[person.id]);
  assert.equal(await connectButton(person).count(), 0);
  await seesOwnDigest(person);
}

/** The user that a service below the handler gets from the ambient context. */
async function seesOwnDigest({ id, page, context }) {
  const tab = await context.newPage();
  await tab.goto(new URL('/calendar/digest', page.url()).href);
  const digest = JSON.parse(await tab.locator('body').innerText());
  assert.deepEqual(digest, { events: EVENTS[id].length, first: EVENTS[id][0] });
  await tab.close();
}

async function seesOnlyTheConnectButton(person) {
  await connectButton(person).waitFor();
  const text = await person.page.locator('body').textContent();
  for (const event of Object.values(EVENTS).flat()) assert.ok(!text.includes(event));
  assert.equal(await disconnectButton(person).count(), 0);
}

async function disconnect(person) {
  await disconnectButton(person).click();
  await seesOnlyTheConnectButton(person);
}

/** Also with the cookie, which browsers omit from requests of other sites. */
async function checkForgery(person, url) {
  const cookie = await getCookie(person, url);
  for (const origin of [{ origin: 'http://evil.example' }, { origin: 'null' }, {}]) {
    for (const [method, path] of [
      ['DELETE', `/connectors/${CONNECTOR}`],
      ['POST', '/sign-out'],
      ['POST', '/sign-in?user=grace'],
    ]) {
      const { status } = await fetch(url + path, { method, headers: { cookie, ...origin } });
      assert.equal(status, 403, `${method} ${path}`);
    }
  }
  await person.page.reload();
  await seesOwnEvents(person);
  said('requests from other sites, or without an origin, change nothing');
}

async function signOut(person, url) {
  const cookie = await getCookie(person, url);
  await person.page.getByRole('button', { name: 'Sign out' }).click();
  await person.page.getByRole('button', { name: `Sign in as ${person.name}` }).waitFor();
  await person.page.reload();
  await person.page.getByRole('button', { name: `Sign in as ${person.name}` }).waitFor();
  for (const path of ['/calendar', '/calendar/digest', `/connectors/${CONNECTOR}`]) {
    const { status } = await fetch(url + path, { headers: { cookie } });
    assert.equal(status, 401, path);
  }
  said(`${person.name} signs out, and the session is over`);
}

async function twoPeople(browser, url) {
  const ada = await openPerson(browser, 'ada', 'Ada Lovelace');
  const grace = await openPerson(browser, 'grace', 'Grace Hopper');

  await signIn(ada, url);
  await seesOnlyTheConnectButton(ada);
  await photograph(ada.page, 'app-users-not-connected');
  await deny(ada);
  await connect(ada);
  await photograph(ada.page, 'app-users-connected');

  await signIn(grace, url);
  await seesOnlyTheConnectButton(grace);
  said("Grace Hopper sees none of Ada Lovelace's events, only the button to connect");
  await connect(grace);
  await photograph(grace.page, 'app-users-connected-grace');
  await ada.page.reload();
  await seesOwnEvents(ada);
  await checkForgery(ada, url);

  await disconnect(ada);
  await photograph(ada.page, 'app-users-disconnected');
  await grace.page.reload();
  await seesOwnEvents(grace);
  said('Ada Lovelace disconnects and sees the button again; Grace Hopper still sees hers');

  await connect(ada);
  await signOut(ada, url);
  await grace.page.reload();
  await seesOwnEvents(grace);
  assert.deepEqual(complaints, []);
  said('no error and no warning in the consoles of the browsers');
}

// --- the whole test

async function twoPeopleUse(sample, atTheEnd) {
  const url = await sample.address();
  said(`the sample listens on ${url}`);
  await checkPatterns();
  const proxy = await startProxy();
  const browser = await launchBrowser({
    proxy: { server: `http://127.0.0.1:${proxy.address().port}` },
  });
  atTheEnd.push(() => browser.close());
  await twoPeople(browser, url);
  checkSecrecy(sample);
  console.log('two people use one application, each with a calendar of their own');
}

await checkSample(
  ['npm', 'start', '--', '--sourceRoot', 'sample/02-app-users'],
  LIMIT_MS,
  twoPeopleUse,
);
