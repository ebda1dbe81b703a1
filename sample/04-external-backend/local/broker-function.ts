import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findDeno } from './deno.js';

/** Above the function there has to be a `node_modules` with `@base44/sdk`. */
const ROOT = fileURLToPath(
  new URL('.', import.meta.resolve('nestjs-base44-connectors/package.json')),
);
const TEMPLATE = join(ROOT, 'lib/cli/broker-template');
const ARTIFACTS = join(ROOT, 'artifacts');
const START_MS = 60_000;

/** The broker, as `broker init` writes it, in Deno, as Base44 runs it. */
export class BrokerFunction {
  private constructor(
    readonly origin: string,
    private readonly deno: ChildProcess,
  ) {}

  /** @param secrets - those of the app */
  static async start(secrets: Readonly<Record<string, string>>): Promise<BrokerFunction> {
    await mkdir(ARTIFACTS, { recursive: true });
    const folder = await mkdtemp(join(ARTIFACTS, 'sample-04-'));
    try {
      const deno = startDeno(await writeFunction(folder), secrets);
      return new BrokerFunction(await originOf(deno), deno);
    } finally {
      // Deno has read it.
      await rm(folder, { recursive: true });
    }
  }

  async close(): Promise<void> {
    const isRunning = this.deno.exitCode === null && this.deno.signalCode === null;
    if (isRunning && this.deno.kill()) await once(this.deno, 'exit');
  }
}

async function writeFunction(folder: string): Promise<string> {
  const target = join(folder, 'base44/functions/connectors-broker');
  const entry = join(target, 'entry.ts');
  await mkdir(target, { recursive: true });
  await copyFile(join(TEMPLATE, 'broker.ts'), join(target, 'broker.ts'));
  await copyFile(join(TEMPLATE, 'entry.deno-serve.template'), entry);
  return entry;
}

function startDeno(entry: string, secrets: Readonly<Record<string, string>>): ChildProcess {
  const { PATH, HOME, DENO_DIR } = process.env;
  const flags = ['--allow-net', '--allow-env', '--allow-read', '--node-modules-dir=manual'];
  const deno = spawn(findDeno() ?? 'deno', ['run', '--no-prompt', '--no-check', ...flags, entry], {
    env: {
      PATH,
      HOME,
      DENO_DIR,
      ...secrets,
      NO_COLOR: '1',
      DENO_NO_UPDATE_CHECK: '1',
      DENO_SERVE_ADDRESS: 'tcp:127.0.0.1:0',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  process.once('exit', () => deno.kill());
  return deno;
}

/** Deno says where it listens. */
function originOf(deno: ChildProcess): Promise<string> {
  let output = '';
  return new Promise((resolve, reject) => {
    const fail = () => {
      deno.kill();
      reject(new Error(`the function does not start: ${output}`));
    };
    const deadline = setTimeout(fail, START_MS);
    deno.once('error', reject).once('exit', fail);
    deno.stderr?.on('data', (chunk) => {
      output += String(chunk);
      const origin = /Listening on (http:\/\/[\w.:]+)/.exec(output)?.[1];
      if (origin === undefined) return;
      clearTimeout(deadline);
      resolve(origin);
    });
  });
}
