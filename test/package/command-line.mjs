import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bin } from './exec.mjs';
import { loadedFiles, toPackages } from './loads.mjs';

/**
 * Checks the command line as `npx` runs it.
 *
 * @param project - a project with the tarball
 */
export async function checkCommandLine(checks, project) {
  await checks.check('npx nestjs-base44-connectors broker init writes the function', async () => {
    const app = join(project, 'base44-app');
    await mkdir(join(app, 'base44'), { recursive: true });
    await writeFile(join(app, 'base44', 'config.jsonc'), '{ "name": "app" }');
    const args = ['broker', 'init', 'base44-app', '--yes', '--allow', 'slack'];
    const printed = await bin(project, 'nestjs-base44-connectors', args);
    const [, file] = /base44 secrets set --env-file (\S+)/.exec(printed);
    const secrets = await readFile(join(app, file), 'utf8');
    assert.match(secrets, /^CONNECTORS_BROKER_SECRET=[\w-]{43}\nCONNECTORS_BROKER_ALLOW=slack\n$/);
    const folder = join(app, 'base44', 'functions', 'connectors-broker');
    assert.match(await readFile(join(folder, 'service-role.ts'), 'utf8'), /npm:@base44\/sdk@\d/);
    assert.match(await readFile(join(folder, 'entry.ts'), 'utf8'), /Deno\.serve/);
    assert.match(await readFile(join(folder, 'broker.ts'), 'utf8'), /export function createBroker/);
  });
  await checks.check('npx nestjs-base44-connectors emulator responds until Ctrl+C', async () => {
    const program = join(project, 'node_modules', '.bin', 'nestjs-base44-connectors');
    const emulator = spawn(program, ['emulator', '--port', '0', '--connect', 'slack']);
    try {
      const { BASE44_APP_ID, BASE44_API_URL, BASE44_SERVICE_TOKEN } = await readEnv(emulator);
      const headers = { Authorization: `Bearer ${BASE44_SERVICE_TOKEN}` };
      const path = `/api/apps/${BASE44_APP_ID}/external-auth/tokens/slack`;
      const response = await fetch(BASE44_API_URL + path, { headers });
      assert.equal((await response.json()).integration_type, 'slack');
      emulator.kill('SIGINT');
      assert.deepEqual(await once(emulator, 'exit'), [0, null]);
    } finally {
      emulator.kill('SIGKILL');
    }
  });
  await checks.check('the emulator of the command line loads no other package', async () => {
    const name = 'nestjs-base44-connectors';
    const file = join(project, 'node_modules', name, 'dist', 'lib', 'cli', 'emulator.js');
    const packages = toPackages(await loadedFiles(project, 'import', [file]));
    assert.deepEqual([...packages], [name]);
  });
}

/** Returns the settings that the emulator prints for .env. */
async function readEnv({ stdout }) {
  let printed = '';
  for await (const text of stdout.iterator({ destroyOnReturn: false })) {
    printed += text;
    if (printed.includes('Requests:')) break;
  }
  const lines = printed.matchAll(/^([A-Z0-9_]+)=(.+)$/gm);
  return Object.fromEntries([...lines].map(([, name, value]) => [name, value]));
}
