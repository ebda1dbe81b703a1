import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { node } from './exec.mjs';
import { install } from './scratch.mjs';

const ARTIFACT = join(import.meta.dirname, '..', '..', 'artifacts', 'package-figures.json');

const SDK = '@base44/sdk';
const PROCESSES = 11;
const BYTES_PER_MB = 1_000_000;

/**
 * Measures the size and the load time of the package and of the SDK.
 *
 * @param bare - a project with the peers and neither of the two
 * @param full - a project with both
 */
export async function measureFigures({ bare, full, tarball, scratch }) {
  const core = tarball.manifest.name;
  return {
    node: process.version,
    cpu: cpus()[0]?.model,
    versions: await readVersions(full, ['@nestjs/core', '@nestjs/axios', 'axios', core, SDK]),
    tarball: {
      files: tarball.files.length,
      packedBytes: tarball.size,
      unpackedBytes: tarball.unpackedSize,
    },
    installAdds: await installFootprints(bare, scratch, { [core]: tarball.path, [SDK]: SDK }),
    importAddsMs: await importTimes(full, [core, 'class-validator', SDK]),
  };
}

/** @returns what an install adds to a project with the peers, by package */
async function installFootprints(bare, scratch, packages) {
  const before = await footprint(bare);
  const added = {};
  for (const [name, specifier] of Object.entries(packages)) {
    const project = await scratch.copy(bare, `with-${name.replace(/\W/g, '-')}`);
    await install(project, specifier);
    const after = await footprint(project);
    added[name] = {
      packages: after.packages - before.packages,
      bytes: after.bytes - before.bytes,
    };
  }
  return { to: before, ...added };
}

async function footprint(project) {
  const modules = join(project, 'node_modules');
  const { packages } = JSON.parse(await readFile(join(modules, '.package-lock.json'), 'utf8'));
  const entries = await readdir(modules, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name !== '.package-lock.json');
  const sizes = await Promise.all(
    files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size),
  );
  return {
    packages: Object.keys(packages).length,
    bytes: sizes.reduce((sum, size) => sum + size, 0),
  };
}

/** @returns the medians of fresh processes by package, measured in turns so that noise affects all */
async function importTimes(project, packages) {
  const samples = packages.flatMap((name) => [
    { name, how: 'import', ms: [] },
    { name, how: 'require', ms: [] },
  ]);
  for (let round = 0; round < PROCESSES; round += 1) {
    for (const { name, how, ms } of samples) {
      const probe = [join('probes', 'import-time.mjs'), how, name];
      ms.push(Number(await node(probe, { cwd: project })));
    }
  }
  const times = {};
  for (const { name, how, ms } of samples) times[name] = { ...times[name], [how]: median(ms) };
  return times;
}

const median = (values) =>
  Number(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)].toFixed(1));

async function readVersions(project, packages) {
  const versions = {};
  for (const name of packages) {
    const path = join(project, 'node_modules', name, 'package.json');
    versions[name] = JSON.parse(await readFile(path, 'utf8')).version;
  }
  return versions;
}

const megabytes = (bytes) => Number((bytes / BYTES_PER_MB).toFixed(2));

export async function reportFigures(figures) {
  const { tarball, installAdds, importAddsMs } = figures;
  const { to, ...added } = installAdds;
  console.log(
    `\ntarball: ${tarball.files} files, ${megabytes(tarball.packedBytes)} MB, ` +
      `${megabytes(tarball.unpackedBytes)} MB unpacked`,
  );
  console.log(
    `what each adds to a Nest ${figures.versions['@nestjs/core']} project that has the peers ` +
      `(${to.packages} packages, ${megabytes(to.bytes)} MB), on Node ${figures.node}:`,
  );
  const rows = Object.entries(importAddsMs).map(([name, times]) => [
    name,
    {
      ...(added[name] && { packages: added[name].packages, MB: megabytes(added[name].bytes) }),
      'import (ms)': times.import,
      'require (ms)': times.require,
    },
  ]);
  console.table(Object.fromEntries(rows));
  await mkdir(join(ARTIFACT, '..'), { recursive: true });
  await writeFile(ARTIFACT, `${JSON.stringify(figures, null, 2)}\n`);
}
