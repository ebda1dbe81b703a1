import assert from 'node:assert/strict';
import { join, sep } from 'node:path';
import { node } from './exec.mjs';

/** The packages that only the command line needs. */
const OF_THE_COMMAND_LINE = ['commander'];

const OPTIONAL = ['@nestjs/terminus', '@opentelemetry/api', 'keyv', '@base44/sdk'];

/**
 * Checks what the core entry loads in a project with everything installed.
 *
 * @param project - a project with the tarball and the optional packages
 */
export async function checkLoads(checks, project, { manifest }) {
  const { name, exports, dependencies, peerDependencies, peerDependenciesMeta = {} } = manifest;
  const isOptional = (peer) => peerDependenciesMeta[peer]?.optional === true;
  const peers = Object.keys(peerDependencies).filter((peer) => !isOptional(peer));
  const otherEntries = Object.entries(exports).filter(
    ([entry, target]) => entry !== '.' && typeof target === 'object',
  );
  const names = otherEntries.map(([entry]) => entry.slice('./'.length)).join(', ');

  for (const [how, folder] of [
    ['import', 'lib'],
    ['require', 'cjs'],
  ]) {
    const own = join(project, 'node_modules', name, 'dist', folder);
    const ofOthers = otherEntries.map(([, target]) =>
      join(project, 'node_modules', name, target[how].default).replace(/(?<=\/)index\.js$/, ''),
    );

    await checks.check(`${how}: the core loads its peers and dependencies only`, async () => {
      const declared = [...peers, ...Object.keys(dependencies)];
      const allowed = toPackages(await loadedFiles(project, how, declared)).add(name);
      const loaded = toPackages(await loadedFiles(project, how, [name]));
      assert.deepEqual(
        [...loaded].filter((one) => !allowed.has(one)),
        [],
      );
      assert.deepEqual(
        [...optionalPackages(manifest), ...OF_THE_COMMAND_LINE].filter((one) => loaded.has(one)),
        [],
      );
    });
    await checks.check(`${how}: the core loads nothing of ${names}`, async () => {
      const loaded = await loadedFiles(project, how, [name]);
      const ofPackage = loaded.filter((file) => toPackage(file) === name);
      assert.ok(ofPackage.includes(join(own, 'index.js')));
      assert.deepEqual(
        ofPackage.filter((file) => !file.startsWith(own + sep)),
        [],
      );
      assert.deepEqual(
        ofPackage.filter((file) => ofOthers.some((other) => file.startsWith(other))),
        [],
      );
    });
  }
}

/** Checks that the two formats of the package work together in one process. */
export async function checkBothFormats(checks, project) {
  await checks.check(
    'import and require in one process: tokens arrive, errors are answered',
    async () => {
      const statuses = await node([join('probes', 'both-formats.mjs')], { cwd: project });
      assert.deepEqual(JSON.parse(statuses), [200, 424]);
    },
  );
}

/** The packages that `checkLoads` must not find loaded. */
export const optionalPackages = ({ peerDependenciesMeta = {} }) => [
  ...new Set([...OPTIONAL, ...Object.keys(peerDependenciesMeta)]),
];

/** @param how - `'import'` or `'require'` */
export const loadedFiles = async (project, how, packages) =>
  JSON.parse(await node([join('probes', 'loaded-files.mjs'), how, ...packages], { cwd: project }));

/** The names of the packages of files. */
export const toPackages = (files) => new Set(files.map(toPackage).filter(Boolean));

/** The name of the package of a file, or `undefined` for a file of the project itself. */
function toPackage(file) {
  const [scopeOrName, name] =
    file.split(`${sep}node_modules${sep}`).slice(1).at(-1)?.split(sep) ?? [];
  return scopeOrName?.startsWith('@') ? `${scopeOrName}/${name}` : scopeOrName;
}
