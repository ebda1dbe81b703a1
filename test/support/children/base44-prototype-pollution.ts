import { Agent } from 'node:http';
import { connect } from 'node:net';
import { Test } from '@nestjs/testing';
import { ConnectorsModule, ConnectorsService, isConnectorsError } from 'nestjs-base44-connectors';

/** Pollutes `Object.prototype` with one property after another, before startup and after it. */

interface Setup {
  readonly serverUrl: string;
  readonly serviceToken: string;
  readonly sinkPort: number;
  /** Its path. */
  readonly unix: string;
}

const setup = JSON.parse(process.argv[2]!) as Setup;
const { serverUrl, serviceToken, sinkPort, unix } = setup;
const sinkUrl = `http://127.0.0.1:${sinkPort}`;

type Resolved = (...answer: unknown[]) => void;

let seen: unknown[] = [];
const see = (...things: unknown[]): void => {
  seen.push(things);
};
const toSink = (): unknown => connect(sinkPort, '127.0.0.1');
const agent = Object.assign(new Agent(), { createConnection: toSink });

const POLLUTION: Record<string, unknown> = {
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
  path: unix,
  method: 'POST',
  transport: { request: seeAndFail },
  adapter: seeAndFail,
  maxRedirects: 5,
  headers: { 'X-Evil': '1', common: { Authorization: 'Bearer evil' } },
  common: { Authorization: 'Bearer evil' },
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
  rejectUnauthorized: false,
  responseType: 'arraybuffer',
  maxContentLength: 1,
  env: { fetch: seeAndFail },
  fetchOptions: {},
  withCredentials: true,
  sensitiveHeaders: [],
  reveal: () => 'evil',
};

function seeAndFail(...things: unknown[]): never {
  see(...things);
  throw new Error('of the attacker');
}

async function get(service: ConnectorsService | undefined, id: string): Promise<string> {
  if (service === undefined) return 'no boot';
  try {
    const { accessToken } = await service.getConnection(id);
    return accessToken ? 'connection' : 'nothing';
  } catch (error) {
    return isConnectorsError(error) ? error.message : String(error);
  }
}

async function boot(): Promise<ConnectorsService> {
  const module = await Test.createTestingModule({
    imports: [ConnectorsModule.forRoot({ appId: 'app1', serverUrl, serviceToken, cache: false })],
  }).compile();
  return module.get(ConnectorsService);
}

async function runCase(property: string, when: string): Promise<object> {
  seen = [];
  const booted = when === 'after' ? await boot() : undefined;
  const value = POLLUTION[property];
  Object.defineProperty(Object.prototype, property, { value, configurable: true, writable: true });
  let outcome: string;
  try {
    outcome = await get(booted ?? (await boot().catch(() => undefined)), `of-${property}-${when}`);
  } finally {
    Reflect.deleteProperty(Object.prototype, property);
  }
  return { property, when, outcome, seen: JSON.stringify(seen) };
}

const results: object[] = [];
for (const property of Object.keys(POLLUTION)) {
  for (const when of ['before', 'after']) results.push(await runCase(property, when));
}
process.send?.(results, () => process.exit(0));
