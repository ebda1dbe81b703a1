// Starts sample/01-basic as the README says, requests every route that its home page lists, and looks at
// that page in a real Chromium.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { photographPage } from './support/browser.mjs';
import { checkSample, ROOT } from './support/sample.mjs';

const LIMIT_MS = 180_000;

async function checkRoutes(url) {
  const page = await (await fetch(url)).text();
  const routes = [...page.matchAll(/href="(\/\S+)">[^]*?class="status">(\d{3})</g)];
  assert.ok(routes.length >= 13, 'the home page lists the routes to try');
  for (const [, path, status] of routes) {
    const response = await fetch(url + path);
    assert.equal(response.status, Number(status), path);
    console.log(`GET ${path} ${response.status} ${(await response.text()).slice(0, 90)}`);
  }
}

/** The page shows code of the sample, and every other sample. */
async function checkPage(url) {
  const page = await (await fetch(url)).text();
  const snippets = [...page.matchAll(/<pre>([^]*?)<\/pre>/g)].map(([, html]) => unescape(html));
  const commands = snippets.filter((text) => text.startsWith('npm '));
  const names = (await readdir(`${ROOT}sample`)).filter((name) => /^\d\d-/.test(name)).sort();
  assert.deepEqual(commands.map((text) => text.split('sample/').at(-1)).sort(), names.slice(1));

  const source = squeeze(await readSource(`${ROOT}sample/01-basic/`));
  const code = snippets.filter((text) => !commands.includes(text));
  assert.ok(code.length >= 13, 'the home page shows code for each route');
  for (const text of code) assert.ok(source.includes(squeeze(text)), text);
}

async function readSource(folder) {
  const names = (await readdir(folder)).filter((name) => /\.(controller|service)\.ts$/.test(name));
  const texts = await Promise.all(names.map((name) => readFile(folder + name, 'utf8')));
  return texts.join('\n');
}

const squeeze = (text) => text.replace(/\s+/g, '');
const unescape = (html) => html.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code));

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

await checkSample(['npm', 'start'], LIMIT_MS, async (sample, atTheEnd) => {
  const url = await sample.address();
  console.log(`listening on ${url}`);
  await checkRoutes(url);
  await checkMainJob(url);
  await checkPage(url);
  await photographPage(url, 'basic', ['/slack/channels'], atTheEnd);
  console.log('the sample does what it says');
});
