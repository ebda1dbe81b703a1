import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { printTable } from './support/table.mjs';
import { withWorker } from './support/worker.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
const ARTIFACT = join(ROOT, 'artifacts', 'benchmark.json');

const TABLES = {
  'warm-resolve': { url: import.meta.resolve('./tables/warm-resolve.mjs') },
  'cold-resolve': { url: import.meta.resolve('./tables/cold-resolve.mjs') },
  'provider-calls': { url: import.meta.resolve('./tables/provider-calls.mjs') },
  routes: { url: import.meta.resolve('./tables/routes.mjs') },
  'ambient-context': { url: import.meta.resolve('./tables/ambient-context.mjs') },
  bursts: { url: import.meta.resolve('./tables/bursts.mjs') },
  'many-connections': {
    url: import.meta.resolve('./tables/many-connections.mjs'),
    execArgv: ['--expose-gc'],
  },
  'shared-store': { url: import.meta.resolve('./tables/shared-store.mjs') },
};

/** `node test/benchmark/run.mjs warm-resolve routes` measures only these two. */
const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(TABLES);

const machine = {
  node: process.version,
  cpus: `${cpus().length} × ${cpus()[0]?.model.trim()}`,
  versions: await readVersions([
    '@nestjs/core',
    '@base44/sdk',
    'axios',
    '@smithy/core',
    'google-auth-library',
    '@octokit/auth-app',
  ]),
};
console.log(`Node.js ${machine.node}, ${machine.cpus}`);
console.log(Object.entries(machine.versions).flat().join(' '));

const tables = {};
for (const name of chosen) {
  const { url, execArgv } = TABLES[name];
  const loadBefore = loadavg()[0].toFixed(1);
  const startMs = Date.now();
  const table = await withWorker(url, { execArgv }, (worker) => worker.ask('measure'));
  const seconds = ((Date.now() - startMs) / 1000).toFixed(0);
  const load = `load average ${loadBefore} before, ${loadavg()[0].toFixed(1)} after, ${seconds} s`;
  tables[name] = { ...table, notes: [...(table.notes ?? []), load] };
  printTable(tables[name]);
}

await mkdir(join(ROOT, 'artifacts'), { recursive: true });
await writeFile(ARTIFACT, JSON.stringify({ ...machine, tables }, null, 2));
console.log(`\nAll samples: ${ARTIFACT}`);

async function readVersions(packages) {
  const versions = {};
  for (const name of packages) {
    const manifest = join(ROOT, 'node_modules', name, 'package.json');
    versions[name] = JSON.parse(await readFile(manifest, 'utf8')).version;
  }
  return versions;
}
