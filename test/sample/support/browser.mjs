import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';
import { ROOT } from './sample.mjs';

const VIEWPORTS = {
  laptop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
};
const COLOR_SCHEMES = ['light', 'dark'];
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** The size of the window between photographs. */
export const viewport = VIEWPORTS.laptop;

export const launchBrowser = (options = {}) =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: FLAGS,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    ...options,
  });

/** Lists the errors and the warnings in the consoles of a context. */
export function watchConsole(context, complaints, prefix = '') {
  context.on('weberror', (error) => complaints.push(`${prefix}${error.error()}`));
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) {
      complaints.push(`${prefix}${message.text()} ${message.location().url}`);
    }
  });
}

/** Checks that a page fits two devices, and writes pictures of it in light and in dark to artifacts/. */
export async function photograph(page, name) {
  for (const [device, size] of Object.entries(VIEWPORTS)) {
    await page.setViewportSize(size);
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    assert.ok(overflow <= 0, `${name} is too wide for a ${device}`);
    for (const colorScheme of COLOR_SCHEMES) {
      await page.emulateMedia({ colorScheme });
      const path = `${ROOT}artifacts/${name}-${device}-${colorScheme}.png`;
      await page.screenshot({ path, fullPage: true });
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(viewport);
}

/** Opens the home page of a sample after its other pages, photographs it, and checks that the console is empty. */
export async function photographPage(url, name, otherPaths, atTheEnd) {
  const browser = await launchBrowser();
  atTheEnd.push(() => browser.close());
  const context = await browser.newContext({ viewport });
  const complaints = [];
  watchConsole(context, complaints);
  const page = await context.newPage();
  for (const path of [...otherPaths, '/']) await page.goto(url + path);
  await photograph(page, name);
  assert.deepEqual(complaints, []);
  await browser.close();
}
