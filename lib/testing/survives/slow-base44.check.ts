import { setTimeout as sleep } from 'node:timers/promises';
import { hang } from '../emulator/faults/connection.faults.js';
import type { Application } from './application.js';
import { expectSuccessFromCache, expectUnavailable } from './unavailable.js';

const CALLERS = 10;
const ARRIVAL_POLL_MS = 10;

/** Base44 never responds. The application must respond anyway, and callers that give up must not block it. */
export async function checkSlowBase44(app: Application): Promise<void> {
  await app.warmUp();
  app.breakBase44(hang());
  await expectSuccessFromCache(app);
  await expectUnavailable(app);
  await app.recover();
  await abortCallers(app);
  await app.recover();
}

async function abortCallers(app: Application): Promise<void> {
  await app.invalidate();
  app.breakBase44(hang());
  const before = app.requests;
  const caller = new AbortController();
  const outcomes = Array.from({ length: CALLERS }, () => app.request(caller));
  await waitForRequest(app, before);
  caller.abort();
  // A caller that ignores the signal ends later.
  await Promise.all(outcomes);
}

async function waitForRequest(app: Application, before: number): Promise<void> {
  const endMs = performance.now() + app.withinMs;
  while (app.requests === before && performance.now() < endMs) await sleep(ARRIVAL_POLL_MS);
}
