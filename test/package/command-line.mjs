import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bin } from './exec.mjs';

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
}
