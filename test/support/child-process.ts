import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { compile, ROOT } from './compile.js';

const CHILDREN = 'test/support/children';

interface ForkOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeArguments?: string[];
}

/** A script of `test/support/children` in a Node.js process of its own. */
export interface Child {
  readonly process: ChildProcess;
  /** What it prints. */
  output: string;
  /** Resolves with its last message once it has exited with code 0. */
  readonly result: Promise<unknown>;
}

let compiling: Promise<string> | undefined;
const children: ChildProcess[] = [];

afterAll(async () => {
  // A test that took too long leaves its child running.
  for (const child of children) child.kill('SIGKILL');
  if (compiling) await rm(await compiling, { recursive: true, force: true });
});

/**
 * Runs a script with the package in a process of its own, because Jest adds to the memory of its
 * process and has globals of its own.
 *
 * @returns the last message that the script sends
 */
export async function runInChild(
  script: string,
  argument: unknown,
  options?: ForkOptions,
): Promise<unknown> {
  return (await forkChild(script, argument, options)).result;
}

/** Starts a script. */
export async function forkChild(
  script: string,
  argument: unknown,
  { env = {}, nodeArguments = [] }: ForkOptions = {},
): Promise<Child> {
  compiling ??= compilePackage();
  const file = path.join(await compiling, CHILDREN, `${script}.js`);
  const child = fork(file, [JSON.stringify(argument)], {
    execArgv: nodeArguments,
    env: { PATH: process.env.PATH, ...env },
    silent: true,
  });
  children.push(child);
  const started: { -readonly [K in keyof Child]: Child[K] } = {
    process: child,
    output: '',
    result: undefined as never,
  };
  let message: unknown;
  child.on('message', (sent) => (message = sent));
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => (started.output += String(chunk)));
  }
  started.result = once(child, 'close').then(([code]) => {
    if (code === 0 && message !== undefined) return message;
    throw new Error(`${script} exited with ${String(code)}: ${started.output}`);
  });
  return started;
}

/** Compiles the package and the scripts to a folder that Node.js can load them from. */
async function compilePackage(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'connectors-'));
  const manifest = {
    name: 'nestjs-base44-connectors',
    type: 'module',
    exports: { '.': './lib/index.js' },
  };
  await Promise.all([
    compile('lib', path.join(folder, 'lib')),
    compile(CHILDREN, path.join(folder, CHILDREN)),
    symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules')),
    writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest)),
  ]);
  return folder;
}
