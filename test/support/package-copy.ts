import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type * as core from 'nestjs-base44-connectors';
import type * as testing from 'nestjs-base44-connectors/testing';
import { compile, ROOT } from './compile.js';

const folders: string[] = [];

afterAll(async () => {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

/** The entries of a copy of the package. Its classes are not those of the imported package. */
export interface PackageCopy {
  readonly core: typeof core;
  readonly testing: typeof testing;
}

/** Loads another copy of the package, as an application does that installs it twice. */
export async function loadCopy(): Promise<PackageCopy> {
  const folder = await mkdtemp(path.join(tmpdir(), 'connectors-copy-'));
  folders.push(folder);
  await Promise.all([
    compile('lib', path.join(folder, 'lib')),
    symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules')),
    writeFile(path.join(folder, 'package.json'), JSON.stringify({ type: 'module' })),
  ]);
  return {
    core: (await import(path.join(folder, 'lib/index.js'))) as PackageCopy['core'],
    testing: (await import(path.join(folder, 'lib/testing/index.js'))) as PackageCopy['testing'],
  };
}
