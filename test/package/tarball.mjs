import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bin, exec } from './exec.mjs';

const CHECKOUT = join(import.meta.dirname, '..', '..');

const BUILT = /^dist\/(lib|cjs)\/.+\.(js|d\.ts)$/;

const BESIDE_THE_BUILT = [
  'package.json',
  'dist/cjs/package.json',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'lib/cli/broker-template/broker.ts',
  'lib/cli/broker-template/entry.deno-serve.template',
  'lib/cli/broker-template/entry.export-default.template',
  'lib/cli/broker-template/service-role.template',
  'lib/cli/broker-template/signature.ts',
  'lib/schematics/collection.json',
  'lib/schematics/schema.json',
];

/** The command line is only an ES module, because nothing requires it. */
const COMMAND_LINE = /^cli\//;

/** Builds and packs the package for a release. */
export async function packTarball(destination) {
  await exec('npm', ['pack', '--pack-destination', destination], { cwd: CHECKOUT });
  const name = (await readdir(destination)).find((file) => file.endsWith('.tgz'));
  const path = join(destination, name);
  const listing = await exec('npm', ['pack', path, '--dry-run', '--json'], { cwd: destination });
  const [{ files, size, unpackedSize }] = JSON.parse(listing);
  const manifest = JSON.parse(await readFile(join(CHECKOUT, 'package.json'), 'utf8'));
  return { path, files: files.map((file) => file.path), size, unpackedSize, manifest };
}

export async function checkTarball(checks, { path, files, manifest }) {
  await checks.check('the tarball holds nothing but what users need', () => {
    const others = files.filter((file) => !BUILT.test(file) && !BESIDE_THE_BUILT.includes(file));
    assert.deepEqual(others, []);
  });
  await checks.check(
    'the tarball holds a README, a LICENSE, a CHANGELOG, the broker and nest add',
    () => {
      const missing = BESIDE_THE_BUILT.filter((file) => !files.includes(file));
      assert.deepEqual(missing, []);
    },
  );
  await checks.check('the ES modules, the CommonJS modules and their types are the same', () => {
    const listBuilt = (folder, suffix) =>
      files
        .filter((file) => file.startsWith(folder) && file.endsWith(suffix))
        .map((file) => file.slice(folder.length, -suffix.length))
        .sort();
    const esModules = listBuilt('dist/lib/', '.js');
    assert.deepEqual(listBuilt('dist/lib/', '.d.ts'), esModules);
    const modules = esModules.filter((module) => !COMMAND_LINE.test(module));
    assert.deepEqual(listBuilt('dist/cjs/', '.js'), modules);
    assert.deepEqual(listBuilt('dist/cjs/', '.d.ts'), modules);
  });
  await checks.check('publint --strict', () => bin(CHECKOUT, 'publint', ['run', path, '--strict']));
  // Checks every rule and every resolution, because a project of Nest 11 with `module: commonjs`
  // uses node10 in TypeScript 5.
  await checks.check('are the types wrong', async () => {
    const printed = await bin(CHECKOUT, 'attw', [path, '--no-emoji', '--no-color']);
    const entries = Object.keys(manifest.exports).map((entry) => manifest.name + entry.slice(1));
    const unchecked = entries.filter((entry) => !printed.includes(`"${entry}"`));
    assert.deepEqual(unchecked, []);
  });
}
