import { getEventListeners } from 'node:events';
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Test } from '@nestjs/testing';
import axios from 'axios';
import { ConnectorsModule, ConnectorsService } from 'nestjs-base44-connectors';
import { firstValueFrom } from 'rxjs';

/** Makes many calls to a provider that all fail, and reports what they leave behind. */

interface Setup {
  readonly url: string;
  /** Nothing listens there. */
  readonly closedUrl: string;
  /** The last two are what an application uses without the package. */
  readonly way: 'connectors.fetch' | 'HttpService' | 'fetch' | 'axios';
  readonly calls: number;
  readonly runs: readonly Run[];
}

interface Run {
  readonly failure: string;
  readonly concurrent: number;
  /** One signal for all calls. Left out: one for each. */
  readonly sharesSignal?: boolean;
}

const setup = JSON.parse(process.argv[2]!) as Setup;
const { url, closedUrl, way, calls } = setup;
const unhandledRejections: string[] = [];
const warnings: string[] = [];
process.on('unhandledRejection', (reason) => unhandledRejections.push(String(reason)));
process.on('warning', ({ name, message }) => warnings.push(`${name}: ${message}`));

const client = { getConnection: async () => ({ accessToken: 'access-token' }) };
const module = await Test.createTestingModule({
  imports: [
    ConnectorsModule.forRoot({ appId: 'app1', client, cache: { negativeTtlMs: 0 } }),
    ConnectorsModule.forFeature([
      { connector: 'open', baseURL: url },
      { connector: 'closed', baseURL: closedUrl },
    ]),
  ],
}).compile();
await module.init();
const connectors = module.get(ConnectorsService);
const agent = new Agent({ keepAlive: true });

type Call = (failure: string, signal: AbortSignal, isShared: boolean) => Promise<unknown>;

const toConnector = (failure: string): string => (failure === 'refused' ? 'closed' : 'open');
const toHttp = (failure: string) => connectors.http(toConnector(failure));

const WAYS: Record<Setup['way'], Call> = {
  'connectors.fetch': async (failure, signal) =>
    requireSuccess(await connectors.fetch(toConnector(failure), `/${failure}`, { signal })),
  // A timeout listens to the signal as well.
  HttpService: (failure, signal, isShared) =>
    isShared
      ? toHttp(failure).axiosRef.get(`/${failure}`, { signal, timeout: 60_000 })
      : firstValueFrom(toHttp(failure).get(`/${failure}`, { signal })),
  fetch: async (failure, signal) => requireSuccess(await fetch(`${url}/${failure}`, { signal })),
  axios: (failure, signal) => axios.get(`${url}/${failure}`, { signal, httpAgent: agent }),
};

async function requireSuccess(response: Response): Promise<void> {
  await response.text();
  if (!response.ok) throw new Error(`status ${response.status}`);
}

/** Starts a call whose result nothing handles. */
async function startUnattended(failure: string, signal: AbortSignal): Promise<never> {
  if (way === 'HttpService') {
    toHttp(failure)
      .get(`/${failure}`, { signal })
      .subscribe({ error: () => undefined })
      .unsubscribe();
  } else {
    void WAYS[way](failure, signal, false).catch(() => undefined);
  }
  await sleep(5);
  throw new Error('unattended');
}

const countSockets = (): number =>
  process.getActiveResourcesInfo().filter((kind) => kind.includes('TCP')).length;

async function execute({ failure, concurrent, sharesSignal = false }: Run): Promise<object> {
  unhandledRejections.length = 0;
  warnings.length = 0;
  const shared = new AbortController();
  const toAbort: AbortController[] = [];
  let failed = 0;
  let left = calls;

  async function callRepeatedly(): Promise<void> {
    while (left > 0) {
      left -= 1;
      const controller = sharesSignal ? shared : new AbortController();
      if (failure === 'aborted') toAbort.push(controller);
      const call = failure === 'unattended' ? startUnattended : WAYS[way];
      await call(failure, controller.signal, sharesSignal).catch(() => (failed += 1));
    }
  }

  // All calls that start at the same time would wait for the same connection first.
  await connectors.getConnection(toConnector(failure));
  const timer = setInterval(() => {
    for (const controller of toAbort.splice(0)) controller.abort();
  }, 50);
  await Promise.all(Array.from({ length: concurrent }, callRepeatedly));
  clearInterval(timer);
  const giveUpAtMs = performance.now() + 3_000;
  while (countSockets() > concurrent && performance.now() < giveUpAtMs) await sleep(20);
  return {
    failed,
    unhandledRejections: [...unhandledRejections],
    warnings: [...warnings],
    sockets: countSockets(),
    listeners: getEventListeners(shared.signal, 'abort').length,
  };
}

const results: object[] = [];
for (const run of setup.runs) results.push(await execute(run));
process.send?.(results, () => process.exit(0));
