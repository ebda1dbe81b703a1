import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bin } from './exec.mjs';

/**
 * Checks the command line as `npx` runs it.
 *
 * @param project - a project with the tarball
 */
export async function checkCommandLine(checks, project) {
  await checks.check('npx nestjs-base44-connectors broker init writes the function', async () => {
    const args = ['broker', 'init', 'base44-app', '--yes', '--allow', 'slack'];
    const printed = await bin(project, 'nestjs-base44-connectors', args);
    assert.match(printed, /base44 secrets set CONNECTORS_BROKER_SECRET=[\w-]{43} /);
    const folder = join(project, 'base44-app', 'base44', 'functions', 'connectors-broker');
    assert.match(await readFile(join(folder, 'entry.ts'), 'utf8'), /Deno\.serve/);
    assert.match(await readFile(join(folder, 'broker.ts'), 'utf8'), /export function createBroker/);
  });
}
