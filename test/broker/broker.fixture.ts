import { createHash, createHmac, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { type Agent, request as send } from 'node:http';
import path from 'node:path';
import { text as toText } from 'node:stream/consumers';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { ROOT } from '../support/compile.js';
import { createSecret } from '../support/expect-no-secret.js';
import { DenoFunction, describeWithDeno } from '../support/deno-function.js';
import { FunctionsHost, type RunningFunction } from '../support/functions-host.js';
import { NodeFunction } from '../support/node-function.js';
import { WorkerdFunction } from '../support/workerd-function.js';
import { createBroker } from '../../lib/cli/broker-template/broker.js';
import { createClientFromRequest } from '@base44/sdk';

const TEMPLATE = path.join(ROOT, 'lib/cli/broker-template');

export const FUNCTION_PATH = '/functions/connectors-broker';

/** Mutation tests set it, because they cannot see what Deno and workerd run. */
const IS_IN_PROCESS = process.env.BROKER_IN_PROCESS === '1';

export type Runtime = 'deno' | 'workerd';
export type Shape = 'deno-serve' | 'export-default';

/** The ways in which Base44 runs the function. */
export interface Platform {
  readonly runtime: Runtime;
  readonly shape: Shape;
}

const PLATFORMS: readonly Platform[] = [
  { runtime: 'workerd', shape: 'deno-serve' },
  { runtime: 'workerd', shape: 'export-default' },
  { runtime: 'deno', shape: 'deno-serve' },
  { runtime: 'deno', shape: 'export-default' },
];

/** Describes the function on each platform. */
export function describeBroker(name: string, tests: (platform: Platform) => void): void {
  if (IS_IN_PROCESS) {
    describe(name, () => {
      tests(PLATFORMS[0]!);
    });
    return;
  }
  for (const platform of PLATFORMS) {
    const { runtime, shape } = platform;
    const describeIn = runtime === 'deno' ? describeWithDeno : describe;
    describeIn(`${name} (${runtime}, ${shape})`, () => {
      tests(platform);
    });
  }
}

/** The connectors that the function serves by default. */
const ALLOWED = 'slack, github, openmeter, workspaceConnector:crm1, appUserConnector:cal1';

/** Simulates the Deno runtime of Base44 for functions of the newer shape. */
const NEWER_SHAPE = {
  'deno.json': JSON.stringify({ imports: { 'base44:runtime': './runtime.ts' } }),
  'runtime.ts': 'export const secrets = { get: (name: string) => Deno.env.get(name) };',
  'runner.ts': "import handle from './entry.ts';\nDeno.serve((request) => handle(request));",
};

const RUNNERS = { deno: DenoFunction, workerd: WorkerdFunction };

/** Creates a strong secret, as `broker init` does. */
export function newSecret(): string {
  return createSecret(32);
}

/** Creates the folder of a Base44 app in which Deno finds the official SDK. */
export async function appFolder(): Promise<string> {
  const artifacts = path.join(ROOT, 'artifacts');
  await mkdir(artifacts, { recursive: true });
  const folder = await mkdtemp(path.join(artifacts, 'broker-'));
  const manifest = { type: 'module', dependencies: { '@base44/sdk': '*' } };
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
  await mkdir(path.join(folder, 'base44'));
  await writeFile(path.join(folder, 'base44/config.jsonc'), '{}');
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  return folder;
}

async function writeFunction(app: string, { runtime, shape }: Platform): Promise<string> {
  const needsRunner = runtime === 'deno' && shape === 'export-default';
  const folder = path.join(app, 'base44', FUNCTION_PATH);
  const files = {
    'broker.ts': await readFile(path.join(TEMPLATE, 'broker.ts')),
    'signature.ts': await readFile(path.join(TEMPLATE, 'signature.ts')),
    'service-role.ts': await readFile(path.join(TEMPLATE, 'service-role.template')),
    'entry.ts': await readFile(path.join(TEMPLATE, `entry.${shape}.template`)),
    ...(needsRunner ? NEWER_SHAPE : {}),
  };
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  return path.join(folder, needsRunner ? 'runner.ts' : 'entry.ts');
}

function runInProcess(secrets: Readonly<Record<string, string>>): Promise<RunningFunction> {
  process.env.NODE_ENV = 'production';
  const connectors = (request: Request) =>
    createClientFromRequest(request).asServiceRole.connectors as never;
  return NodeFunction.start(createBroker({ secret: (name) => secrets[name], connectors }));
}

export interface Deployment extends Partial<Platform> {
  /** The secrets of the app. @default a strong one, and `ALLOWED` */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly base44?: Base44Emulator;
}

/** The function and its Base44. */
export class DeployedBroker {
  private constructor(
    readonly base44: Base44Emulator,
    readonly host: FunctionsHost,
    readonly secret: string,
    private readonly folder: string,
  ) {}

  static async start({
    runtime = 'deno',
    shape = 'deno-serve',
    base44,
    ...given
  }: Deployment = {}): Promise<DeployedBroker> {
    const secret = newSecret();
    const { secrets = { CONNECTORS_BROKER_SECRET: secret } } = given;
    const folder = await appFolder();
    const emulator = base44 ?? (await Base44Emulator.start());
    const all = {
      CONNECTORS_BROKER_ALLOW: ALLOWED,
      CONNECTORS_BROKER_SERVER_URL: emulator.url,
      ...secrets,
    };
    const running = IS_IN_PROCESS
      ? await runInProcess(all)
      : await RUNNERS[runtime].start(await writeFunction(folder, { runtime, shape }), all);
    const host = await FunctionsHost.start(emulator, running);
    return new DeployedBroker(emulator, host, secret, folder);
  }

  /** The option `broker` of its applications. */
  get options(): { readonly url: string; readonly secret: string } {
    return { url: this.host.url, secret: this.secret };
  }

  async close(): Promise<void> {
    await this.host.close();
    await this.base44.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Starts one broker for all tests of a `describe`, and resets it between them. */
export function deployedForAll(deployment?: Deployment): { broker: DeployedBroker } {
  const held = {} as { broker: DeployedBroker };
  beforeAll(async () => {
    held.broker = await DeployedBroker.start(deployment);
  });
  afterEach(() => {
    held.broker.base44.clear();
    held.broker.host.requests.length = 0;
    held.broker.host.running.output = '';
    held.broker.host.pathSeen = (path) => path;
    held.broker.host.serverUrlSeen = held.broker.base44.url;
  });
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- it may not have started
  afterAll(() => held.broker?.close());
  return held;
}

export interface RawCall {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

export interface Signing {
  /** The host of the URL at which the application calls the broker. */
  readonly host: string;
  readonly secret: string;
  readonly body: unknown;
  readonly method?: string;
  readonly path?: string;
  readonly timestamp?: number | string;
  readonly nonce?: string;
  /** The token of the user. */
  readonly user?: string;
}

/** Creates a request of the protocol without the library. */
export function signed({
  host,
  secret,
  body,
  method = 'POST',
  path = FUNCTION_PATH,
  timestamp = Date.now(),
  nonce = randomBytes(16).toString('base64url'),
  user,
}: Signing): RawCall {
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
  const bytes = Buffer.from(isRaw ? body : JSON.stringify(body));
  const text = [method, host, path, timestamp, nonce, sha256(bytes)].join('\n');
  const headers = {
    'content-type': 'application/json',
    'x-connectors-timestamp': String(timestamp),
    'x-connectors-nonce': nonce,
    'x-connectors-signature': createHmac('sha256', secret).update(text).digest('hex'),
    ...(user === undefined ? {} : { authorization: `Bearer ${user}` }),
  };
  return { method, path, headers, body: bytes };
}

/** Creates the body of a request for a connection. */
export function toOrder(kind: unknown, id: unknown, user?: string): Record<string, unknown> {
  const named = user === undefined ? null : sha256(Buffer.from(`Bearer ${user}`));
  return { operation: 'connection', connector: { kind, id }, user: named };
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Sends a request unchanged. */
export function sendRaw(origin: string, call: RawCall, agent?: Agent): Promise<RawAnswer> {
  const { method, path, body } = call;
  const headers = { ...call.headers, 'content-length': body.length };
  return new Promise((resolve, reject) => {
    const options = { method, path, headers: headers as never, ...(agent && { agent }) };
    const request = send(origin, options, (answer) => {
      toText(answer).then((text) => {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text });
      }, reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

function sha256(data: Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
