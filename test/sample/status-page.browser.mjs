// An operator opens the page of statusRoutes in a real Chromium: before, in and after an outage of Base44.
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { Controller, Get } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConnectorsModule, ConnectorsService, ConnectorToken } from 'nestjs-base44-connectors';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { launchBrowser, photograph, viewport, watchConsole } from './support/browser.mjs';
import { ROOT, said } from './support/sample.mjs';

const PATH = '/ops/connectors';
const OPERATOR = { 'x-operator': 'yes' };
const HALF_OPEN_AFTER_MS = 500;

class SlackController {
  channels() {
    return [];
  }
}
Controller('slack')(SlackController);
Get()(SlackController.prototype, 'channels', { value: SlackController.prototype.channels });
ConnectorToken('slack')(SlackController.prototype, 'channels', 0);

class AppModule {
  name = 'app';
}

const operatorGuard = {
  canActivate: (context) => 'x-operator' in context.switchToHttp().getRequest().headers,
};

async function startApp({ url, appId, serviceToken }) {
  const connectors = ConnectorsModule.forRoot({
    ...{ appId, serviceToken, serverUrl: url },
    statusRoutes: { path: PATH, guards: [operatorGuard] },
    resilience: {
      retries: 0,
      breaker: { failureThreshold: 2, halfOpenAfterMs: HALF_OPEN_AFTER_MS },
    },
  });
  const root = { module: AppModule, imports: [connectors], controllers: [SlackController] };
  const app = await NestFactory.create(root, { logger: false });
  await app.listen(0, '127.0.0.1');
  return app;
}

async function openPage(browser, address, complaints) {
  const context = await browser.newContext({ viewport, extraHTTPHeaders: OPERATOR });
  watchConsole(context, complaints);
  const page = await context.newPage();
  await page.goto(address);
  return page;
}

const readRow = (page, name) => page.getByRole('row').filter({ hasText: name }).innerText();

async function seesConnection(page) {
  await page.reload();
  await page.getByText('The breaker is closed').waitFor();
  const row = await readRow(page, 'slack');
  for (const text of ['connected', 'cached', 'SlackController.channels', '66 %', 'lookups: 3']) {
    assert.ok(row.includes(text), `${text} in ${row}`);
  }
  said('the page shows the state, the hit rate and the handler that needs the connector');
}

async function seesOutage(page, base44, connectors) {
  base44.fault({ times: Infinity });
  for (const name of ['gmail', 'notion'])
    await connectors.getConnection(name).catch(() => undefined);
  const sent = base44.requests.length;
  await page.reload();
  await page.getByText('Base44 is unavailable').waitFor();
  assert.ok((await readRow(page, 'slack')).includes('connected'));
  assert.ok((await readRow(page, 'gmail')).includes('BASE44_UNAVAILABLE'));
  assert.equal(base44.requests.length, sent);
  said('the page answers in the middle of an outage, and sends nothing to Base44');
}

async function seesRecovery(page, base44, connectors) {
  base44.clear();
  base44.connect('gmail');
  const endsAtMs = Date.now() + 30_000;
  while (!(await connectors.getConnection('gmail').then(Boolean, () => false))) {
    assert.ok(Date.now() < endsAtMs, 'the breaker closes');
    await new Promise((resolve) => setTimeout(resolve, HALF_OPEN_AFTER_MS));
  }
  await page.reload();
  await page.getByText('It opened once in the last hour.').waitFor();
  said('after the outage, the page still tells of it');
}

async function checkPage(atTheEnd) {
  await mkdir(`${ROOT}artifacts`, { recursive: true });
  const base44 = await Base44Emulator.start();
  atTheEnd.push(() => base44.close());
  const { accessToken } = base44.connect('slack');
  const app = await startApp(base44);
  atTheEnd.push(() => app.close());
  const connectors = app.get(ConnectorsService);
  for (let lookup = 0; lookup < 3; lookup += 1) await connectors.getConnection('slack');

  const address = (await app.getUrl()) + PATH;
  assert.equal((await fetch(address)).status, 403);
  const browser = await launchBrowser();
  atTheEnd.push(() => browser.close());
  const complaints = [];
  const page = await openPage(browser, address, complaints);
  const seen = [];
  page.on('response', async (response) => seen.push(response.url(), await response.text()));

  await seesConnection(page);
  await seesOutage(page, base44, connectors);
  await page.screenshot({ path: `${ROOT}artifacts/status-page.png`, fullPage: true });
  await photograph(page, 'status-page');
  await seesRecovery(page, base44, connectors);

  const style = await page.evaluate(
    'getComputedStyle(document.querySelector("table")).borderCollapse',
  );
  assert.equal(style, 'collapse', 'the policy of the page permits its style');
  const text = seen.join('\n');
  assert.ok(text.includes('SlackController.channels'));
  for (const secret of [accessToken, base44.serviceToken]) assert.ok(!text.includes(secret));
  assert.deepEqual([...new Set(seen.filter((url) => url.startsWith('http')))], [address]);
  assert.deepEqual(complaints, []);
  said('no secret in the page, no other request, and no complaint in the console');
}

const atTheEnd = [];
try {
  await checkPage(atTheEnd);
} finally {
  for (const end of atTheEnd.reverse()) await end();
}
