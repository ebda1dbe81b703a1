import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bin, exec } from '../exec.mjs';
import { install } from '../scratch.mjs';

/** The TypeScript of each Nest, and the package that the README names for `skipLibCheck: false`. */
const PINS = {
  11: { typescript: '5', axios: '@nestjs/axios@4' },
  12: { typescript: '6', axios: '@nestjs/axios@12' },
};

const TEST_TOOLS = ['jest@30', '@swc/core@1', '@swc/jest@0.2'];

/** How each package manager installs the tarball. All except npm install nothing else. */
const INSTALL = {
  npm: (project, { path }, { axios }) => install(project, path, axios, ...TEST_TOOLS),
  pnpm: (project, { path }) => npx(project, 'pnpm@12', 'pnpm', 'add', path),
  Yarn: async (project, { path, manifest }) => {
    await writeFile(join(project, '.yarnrc.yml'), 'nodeLinker: node-modules\n');
    await writeFile(join(project, 'yarn.lock'), '');
    const tarball = `${manifest.name}@file:${path}`;
    // The README names axios for Yarn, which installs no peers.
    await npx(project, '@yarnpkg/cli-dist@4', 'yarn', 'add', tarball, 'axios');
  },
  Bun: (project, { path }) => npx(project, 'bun@1', 'bun', 'add', path),
};

export const MANAGERS = Object.keys(INSTALL);

/** Creates a Nest application, installs the tarball in it, and compiles it. */
export async function createProject(scratch, tarball, { nest, kind, manager }) {
  const name = `nest-${nest}-${kind}-${manager}`.toLowerCase();
  const project = await scratch.project('matrix', name);
  await writeFile(join(project, 'package.json'), JSON.stringify(toManifest(name, nest, kind)));
  await INSTALL[manager](project, tarball, PINS[nest]);
  await bin(project, 'tsc', manager === 'npm' ? [] : ['--skipLibCheck']);
  return project;
}

function toManifest(name, nest, kind) {
  const { typescript } = PINS[nest];
  return {
    name,
    private: true,
    type: kind === 'ESM' ? 'module' : 'commonjs',
    dependencies: {
      '@nestjs/common': nest,
      '@nestjs/core': nest,
      '@nestjs/platform-express': nest,
      'reflect-metadata': '0.2',
      rxjs: '7',
    },
    devDependencies: { '@nestjs/testing': nest, '@types/node': '20', typescript },
  };
}

const npx = (project, package_, ...command) =>
  exec('npx', ['--yes', '--package', package_, '--', ...command], { cwd: project });
