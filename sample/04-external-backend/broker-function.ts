import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE = import.meta.resolve('nestjs-base44-connectors/package.json');
const CLI = fileURLToPath(new URL('dist/lib/cli/main.js', PACKAGE));

/** Returns the path of Deno itself, because `deno` on PATH may be a script that starts it. */
export function findDeno(): string | undefined {
  const { status, stdout } = spawnSync('deno', ['eval', 'console.log(Deno.execPath())']);
  return status === 0 ? String(stdout).trim() : undefined;
}

export interface Broker {
  readonly origin: string;
  readonly stop: () => void;
}

/**
 * Runs the function that `broker init` writes, in Deno. Base44 deploys it to workerd.
 *
 * @param secrets - the secrets of the Base44 app
 */
export async function startBroker(secrets: Readonly<Record<string, string>>): Promise<Broker> {
  // Deno finds `@base44/sdk` in the `node_modules` above the function.
  const folder = await mkdtemp('.sample-04-');
  try {
    // By this file, `broker init` recognizes the folder of a Base44 app.
    await mkdir(join(folder, 'base44'));
    await writeFile(join(folder, 'base44/config.jsonc'), '{ "name": "sample" }');
    execFileSync(process.execPath, [CLI, 'broker', 'init', folder, '--yes']);
    const entry = join(folder, 'base44/functions/connectors-broker/entry.ts');
    return await startDeno(entry, secrets);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function startDeno(entry: string, secrets: Readonly<Record<string, string>>): Promise<Broker> {
  const { PATH, HOME, DENO_DIR } = process.env;
  const flags = ['--allow-net', '--allow-env', '--allow-read', '--node-modules-dir=manual'];
  const deno = spawn(findDeno() ?? 'deno', ['run', '--no-prompt', '--no-check', ...flags, entry], {
    env: { PATH, HOME, DENO_DIR, NO_COLOR: '1', DENO_SERVE_ADDRESS: 'tcp:127.0.0.1:0', ...secrets },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const stop = () => deno.kill();
  process.once('exit', stop);
  let output = '';
  return new Promise((resolve, reject) => {
    deno.once('exit', () => {
      reject(new Error(`The broker did not start: ${output}`));
    });
    deno.stderr.on('data', (chunk) => {
      output += String(chunk);
      const origin = /Listening on (http:\/\/[\w.:]+)/.exec(output)?.[1];
      if (origin !== undefined) resolve({ origin, stop });
    });
  });
}
