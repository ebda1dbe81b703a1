import { Agent } from 'node:http';
import { connect } from 'node:net';
import { inspect } from 'node:util';
import { Test } from '@nestjs/testing';
import { ConnectorsModule, ConnectorsService } from 'nestjs-base44-connectors';
import { firstValueFrom } from 'rxjs';

/**
 * Pollutes `Object.prototype` with one property after another, before startup and after it. Calls
 * a provider in every way, each time with another token.
 */

interface Setup {
  readonly url: string;
  /** The start of each token. */
  readonly secret: string;
  readonly sinkPort: number;
  /** The path of a Unix socket. */
  readonly unix: string;
}

type Way = 'fetch' | 'http' | 'bare';
type Resolved = (...answer: unknown[]) => void;

const TIMEOUT_MS = 400;
const DISPATCHER = Symbol.for('undici.globalDispatcher.1');

const { url, secret, sinkPort, unix } = JSON.parse(process.argv[2]!) as Setup;
const sinkUrl = `http://127.0.0.1:${sinkPort}`;

let seen: unknown[] = [];
const see = (...things: unknown[]): void => void seen.push(things);
const toSink = (): unknown => connect(sinkPort, '127.0.0.1');
const agent = Object.assign(new Agent(), { createConnection: toSink });
const seeAndFail = (...things: unknown[]): never => {
  see(...things);
  throw new Error('of the attacker');
};
const dispatcher = { dispatch: seeAndFail, close: see, destroy: see, on: see, connect: toSink };

const POLLUTION: Record<string, unknown> = {
  // Options of axios and of Node.js below it.
  proxy: { host: '127.0.0.1', port: sinkPort, protocol: 'http' },
  useEnvironmentProxy: true,
  baseURL: sinkUrl,
  url: sinkUrl,
  href: sinkUrl,
  host: `127.0.0.1:${sinkPort}`,
  hostname: '127.0.0.2',
  port: sinkPort,
  defaultPort: sinkPort,
  socketPath: unix,
  allowedSocketPaths: [unix],
  path: unix,
  method: 'POST',
  transport: { request: seeAndFail },
  adapter: seeAndFail,
  maxRedirects: 5,
  headers: { 'X-Evil': '1', common: { Authorization: 'Bearer evil' } },
  common: { Authorization: 'Bearer evil' },
  Authorization: 'Bearer evil',
  authorization: 'Bearer evil',
  auth: { username: 'a', password: 'b' },
  params: { a: 'b' },
  data: 'evil',
  beforeRedirect: see,
  beforeRedirects: { evil: see },
  // Node.js also calls it as a listener to the event of this name, with other arguments.
  lookup: (_host: string, options: { all?: boolean } | null, done?: Resolved | string) => {
    if (typeof done !== 'function') return;
    if (options?.all) done(null, [{ address: '127.0.0.2', family: 4 }]);
    else done(null, '127.0.0.2', 4);
  },
  family: 4,
  localAddress: '127.0.0.3',
  createConnection: toSink,
  agent,
  agents: { http: agent, https: agent },
  httpAgent: agent,
  httpsAgent: agent,
  _defaultAgent: agent,
  allowAbsoluteUrls: true,
  protocol: 'http:',
  httpVersion: 2,
  http2Options: {},
  transformRequest: [(data: unknown, headers: object) => (see({ ...headers }), data)],
  transformResponse: [(data: unknown) => (see(data), data)],
  validateStatus: (status: number) => (see(status), true),
  paramsSerializer: { serialize: (all: unknown) => (see(all), 'a=b') },
  interceptors: { request: { forEach: see } },
  onUploadProgress: see,
  onDownloadProgress: see,
  insecureHTTPParser: true,
  responseType: 'arraybuffer',
  maxContentLength: 1,
  maxRate: 1,
  env: { fetch: seeAndFail, Request: seeAndFail },
  fetch: seeAndFail,
  fetchOptions: {},
  withCredentials: true,
  sensitiveHeaders: [],
  cancelToken: { subscribe: see, unsubscribe: see, toAbortSignal: () => undefined },
  transitional: { clarifyTimeoutError: true },
  // Options of fetch.
  dispatcher,
  redirect: 'manual',
  signal: AbortSignal.timeout(600_000),
  body: 'evil',
  duplex: 'half',
  integrity: 'sha256-evil',
  mode: 'no-cors',
  credentials: 'include',
  cache: 'force-cache',
  referrer: sinkUrl,
  window: null,
  connect: toSink,
  factory: (...all: unknown[]) => (see(...all), dispatcher),
  httpSocket: toSink,
  origin: sinkUrl,
  upgrade: 'evil',
  maxRedirections: 5,
  // Options of the package.
  retry: true,
  subdomain: 'evil',
  origins: [sinkUrl],
  allowedOrigins: [sinkUrl],
  instance: 'evil',
  isMetered: true,
  isAuthorized: true,
  reveal: () => 'evil',
};

let current = '';
const client = { getConnection: async () => ({ accessToken: `${secret}_${current}` }) };

async function boot(): Promise<ConnectorsService> {
  const module = await Test.createTestingModule({
    imports: [
      ConnectorsModule.forRoot({ appId: 'app1', client, cache: false }),
      ConnectorsModule.forFeature([{ connector: 'crm', baseURL: `${url}/v1` }]),
    ],
  }).compile();
  return module.get(ConnectorsService);
}

const WAYS: Record<Way, (service: ConnectorsService) => Promise<{ status: number }>> = {
  fetch: (service) => service.fetch('crm', '/start'),
  http: (service) => firstValueFrom(service.http('crm').get('/start')),
  // Shows what Node.js does without the package.
  bare: () =>
    fetch(`${url}/v1/start`, { headers: { Authorization: `Bearer ${secret}_${current}` } }),
};

async function getOutcome(way: Way, service: ConnectorsService): Promise<unknown> {
  const late = new Promise((resolve) => setTimeout(resolve, TIMEOUT_MS, 'late'));
  const call = async (): Promise<unknown> => (await WAYS[way](service)).status;
  return Promise.race([late, call().catch((error: unknown) => String(error))]);
}

/** Makes the next call find the state of a new process. */
function renewDispatcher(): void {
  const globals = globalThis as unknown as Record<symbol, object>;
  const Dispatcher = globals[DISPATCHER]!.constructor as new () => object;
  globals[DISPATCHER] = new Dispatcher();
}

async function runCase(property: string, when: 'before' | 'after', way: Way): Promise<object> {
  seen = [];
  current = `${property}_${when}_${way}`;
  const booted = when === 'after' ? await boot() : undefined;
  if (when === 'after') renewDispatcher();
  const value = POLLUTION[property];
  Object.defineProperty(Object.prototype, property, { value, configurable: true, writable: true });
  let outcome: unknown;
  try {
    if (when === 'before') renewDispatcher();
    const service = booted ?? (await boot().catch(() => undefined));
    outcome = service ? await getOutcome(way, service) : 'no boot';
  } catch (error) {
    outcome = String(error);
  } finally {
    Reflect.deleteProperty(Object.prototype, property);
  }
  return { property, when, way, outcome, seen: inspect(seen, { depth: 8, showHidden: true }) };
}

process.on('uncaughtException', see);
process.on('unhandledRejection', see);
await fetch(url).catch(() => undefined);
const results: object[] = [];
for (const property of Object.keys(POLLUTION)) {
  for (const when of ['before', 'after'] as const) {
    for (const way of ['fetch', 'http', 'bare'] as const) {
      results.push(await runCase(property, when, way));
    }
  }
}
process.send?.(results, () => process.exit(0));
