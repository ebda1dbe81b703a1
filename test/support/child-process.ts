import { fork } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { transform } from '@swc/core';

const PACKAGE = {
  name: 'nestjs-base44-connectors',
  type: 'module',
  exports: { '.': './lib/index.js' },
};

const CHILDREN = 'test/support/children';

let compiling: Promise<string> | undefined;

/**
 * Runs a script of `test/support/children` with the package in a node process of its own:
 * jest has noise in its memory, and globals of its own.
 *
 * @returns what the script hands to `process.send`
 */
export async function runInChild(
  script: string,
  argument: unknown,
  env: Record<string, string> = {},
): Promise<unknown> {
  compiling ??= compile();
  const file = join(await compiling, CHILDREN, `${script}.js`);
  return new Promise((done, fail) => {
    const child = fork(file, [JSON.stringify(argument)], {
      execArgv: [],
      env: { PATH: process.env.PATH, ...env },
      silent: true,
    });
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('message', done);
    child.once('error', fail);
    child.once('exit', (code) => {
      fail(new Error(`${script} ended with ${String(code)} and no result: ${output}`));
    });
  });
}

async function compile(): Promise<string> {
  const root = resolve(import.meta.dirname, '../..');
  const target = await mkdtemp(join(tmpdir(), 'connectors-'));
  const sources = [...(await sourcesIn(root, 'lib')), ...(await sourcesIn(root, CHILDREN))];
  await Promise.all(sources.map((source) => compileFile(root, target, source)));
  await symlink(join(root, 'node_modules'), join(target, 'node_modules'));
  await writeFile(join(target, 'package.json'), JSON.stringify(PACKAGE));
  return target;
}

async function sourcesIn(root: string, folder: string): Promise<string[]> {
  const names = await readdir(join(root, folder), { recursive: true });
  return names.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
}

async function compileFile(root: string, target: string, source: string): Promise<void> {
  const { code } = await transform(await readFile(join(root, source), 'utf8'), {
    filename: join(root, source),
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
    module: { type: 'es6' },
  });
  const file = join(target, source.replace(/\.ts$/, '.js'));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, code);
}

afterAll(async () => {
  if (compiling) await rm(await compiling, { recursive: true, force: true });
});
