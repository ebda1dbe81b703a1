import { Manifest, type Ranges } from './manifest.js';
import {
  readText,
  type SchematicContext,
  type SchematicTask,
  type SchematicTree,
  writeText,
} from './schematic.interface.js';
import type { Way } from './ways.js';

const PATH = 'package.json';
const NEST_CORE = '@nestjs/core';
const NEST_AXIOS = '@nestjs/axios';

const INSTALL_OPTIONS = { command: 'install', quiet: true, hideOutput: true };

const BUN_LOCKS = ['bun.lock', 'bun.lockb'];

/** Adds the packages that a way needs to `package.json`, and installs them unless `skipInstall` is set. */
export function addPackages(
  tree: SchematicTree,
  context: SchematicContext,
  way: Way,
  skipInstall: boolean,
): void {
  const manifest = new Manifest(readText(tree, PATH) ?? '{}');
  const ranges = getMissingRanges(tree, manifest, way);
  const names = Object.keys(ranges);
  if (names.length === 0) return;
  writeText(tree, PATH, manifest.add(ranges));
  const { logger } = context;
  logger.info(
    `Added ${names.join(' and ')} to ${PATH}.${skipInstall ? ' Run the install command of your package manager.' : ''}`,
  );
  if (names.includes(NEST_AXIOS)) {
    logger.info(
      `HttpService and forFeature need ${NEST_AXIOS}. Nest 11 needs version 4 of it, and npm would select 12.`,
    );
  }
  if (!skipInstall) context.addTask({ toConfiguration: () => createInstallTask(tree) });
}

/** The schematics CLI recognizes the lock files of npm, Yarn and pnpm, and uses npm otherwise. */
function createInstallTask(tree: SchematicTree): SchematicTask {
  const usesBun = BUN_LOCKS.some((lock) => tree.exists(lock));
  const options = { ...INSTALL_OPTIONS, ...(usesBun && { packageManager: 'bun' }) };
  return { name: 'node-package', options };
}

/** Returns the versions for this Nest, because npm would select version 12 for Nest 11 too. */
function getMissingRanges(tree: SchematicTree, manifest: Manifest, way: Way): Ranges {
  const isNest11 = readNestMajor(tree, manifest) === '11';
  const ranges = {
    ...(way.usesConfig && { '@nestjs/config': isNest11 ? '^4.0.0' : '^12.0.0' }),
    ...(isNest11 && { [NEST_AXIOS]: '^4.0.0' }),
    // Yarn does not install peer dependencies.
    ...(tree.exists('yarn.lock') && { axios: '^1.18.0' }),
  };
  const missing = Object.entries(ranges).filter(([name]) => !manifest.getRange(name));
  return Object.fromEntries(missing);
}

/** Reads the installed version. In a workspace, Nest can be installed in a folder above. */
function readNestMajor(tree: SchematicTree, manifest: Manifest): string | undefined {
  const installed = readText(tree, `node_modules/${NEST_CORE}/package.json`);
  const version = installed
    ? (JSON.parse(installed) as { version: string }).version
    : manifest.getRange(NEST_CORE);
  return /\d+/.exec(version ?? '')?.[0];
}
