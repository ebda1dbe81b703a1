import { getEventListeners } from 'node:events';
import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { Test } from '@nestjs/testing';
import axios from 'axios';
import { ConnectorsModule, ConnectorsService } from 'nestjs-base44-connectors';
import { firstValueFrom } from 'rxjs';

/** Calls a provider many times, in vain, and says what is left of that. */

interface Setup {
  readonly url: string;
  /** The last two are what one would use without the package. */
  readonly way: 'connectors.fetch' | 'HttpService' | 'fetch' | 'axios';
  readonly failure: string;
  readonly calls: number;
  readonly concurrent: number;
  /** One for all calls. Left out: one for each. */
  readonly sharesSignal?: boolean;
}

const setup = JSON.parse(process.argv[2]!) as Setup;
const { url, way, failure, calls, concurrent, sharesSignal } = setup;
const unhandledRejections: string[] = [];
const warnings: string[] = [];
process.on('unhandledRejection', (reason) => unhandledRejections.push(String(reason)));
process.on('warning', ({ name, message }) => warnings.push(`${name}: ${message}`));

const client = { getConnection: async () => ({ accessToken: 'access-token' }) };
const module = await Test.createTestingModule({
  imports: [
    ConnectorsModule.forRoot({ appId: 'app1', client, cache: { negativeTtlMs: 0 } }),
    ConnectorsModule.forFeature([{ connector: 'crm', baseURL: url }]),
  ],
}).compile();
await module.init();
const connectors = module.get(ConnectorsService);
const http = connectors.http('crm');
// Or all that begin at the same time wait for it, which is no affair of the provider's.
await connectors.getConnection('crm');
const agent = new Agent({ keepAlive: true });
const bare = axios.create({ baseURL: url, httpAgent: agent });

const path = `/${failure}`;
const WAYS: Record<Setup['way'], (signal: AbortSignal) => Promise<unknown>> = {
  'connectors.fetch': async (signal) => answered(await connectors.fetch('crm', path, { signal })),
  // A deadline listens to the signal as well.
  HttpService: (signal) =>
    sharesSignal
      ? http.axiosRef.get(path, { signal, timeout: 60_000 })
      : firstValueFrom(http.get(path, { signal })),
  fetch: async (signal) => answered(await fetch(url + path, { signal })),
  axios: (signal) => bare.get(path, { signal }),
};

async function answered(response: Response): Promise<void> {
  await response.text();
  if (!response.ok) throw new Error(`a ${response.status}`);
}

/** Whoever asked has gone, and hears of nothing. */
async function forNobody(signal: AbortSignal): Promise<void> {
  if (way === 'HttpService') http.get(path, { signal }).subscribe(IGNORED).unsubscribe();
  else void WAYS[way](signal).catch(() => undefined);
  await pause(5);
  throw new Error('nobody asks');
}

const IGNORED = { error: () => undefined };
const shared = new AbortController();
const controllers: AbortController[] = [];
let ended = 0;
let left = calls;

async function worker(): Promise<void> {
  while (left > 0) {
    left -= 1;
    const controller = sharesSignal ? shared : new AbortController();
    if (failure === 'abandoned') controllers.push(controller);
    const call = failure === 'nobody' ? forNobody : WAYS[way];
    await call(controller.signal).catch(() => (ended += 1));
  }
}

const sockets = (): number =>
  process.getActiveResourcesInfo().filter((kind) => kind.includes('TCP')).length;

const timer = setInterval(() => {
  for (const controller of controllers.splice(0)) controller.abort();
}, 50);
await Promise.all(Array.from({ length: concurrent }, worker));
clearInterval(timer);
const deadlineAtMs = performance.now() + 3_000;
while (sockets() > concurrent && performance.now() < deadlineAtMs) await pause(20);
const listeners = getEventListeners(shared.signal, 'abort').length;
const result = { ended, unhandledRejections, warnings, sockets: sockets(), listeners };
process.send?.(result, () => process.exit(0));
