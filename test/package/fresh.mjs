import assert from 'node:assert/strict';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isOlderThan, JEST_REQUIRES_ESM } from './consumers.mjs';
import { exec, node } from './exec.mjs';

export const ROOT = join(import.meta.dirname, '..', '..');

/** The application of the README for a service token, and specs: files by their names in the project. */
const APP = {
  'app.module.ts': 'test/guides/readme/emulator.app.module.ts',
  'calendar.controller.ts': 'test/guides/readme/calendar.controller.ts',
  'announcements.service.ts': 'test/guides/readme/announcements.service.ts',
  'announcements.service.spec.ts': 'test/guides/readme/announcements.service.spec.ts',
  'app.spec.ts': 'sample/06-testing/app.spec.ts',
};

const ENV = {
  BASE44_APP_ID: 'app1',
  BASE44_SERVICE_TOKEN: 'service-token',
  BASE44_API_URL: 'http://127.0.0.1:9',
};

const QUIET = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];

/**
 * The projects of `nest new`. `config`: the package that the README installs with this one. `axios`: the
 * package that the error of `connectors.http()` names.
 */
const PROJECTS = [
  {
    name: 'new-nest-11',
    nest: 11,
    how: 'require',
    config: '@nestjs/config@4',
    axios: '@nestjs/axios@4',
  },
  {
    name: 'new-nest-12-commonjs',
    nest: 12,
    type: 'cjs',
    how: 'require',
    config: '@nestjs/config',
    axios: '@nestjs/axios',
    testNeedsNode: JEST_REQUIRES_ESM,
  },
  {
    name: 'new-nest-12-esm',
    nest: 12,
    type: 'esm',
    how: 'import',
    config: '@nestjs/config',
    axios: '@nestjs/axios',
  },
];

/** Follows the README in new projects: `npm install` of the tarball and @nestjs/config, and nothing else. */
export async function checkFreshProjects(checks, scratch, tarball) {
  for (const project of PROJECTS) await checkProject(checks, scratch, tarball, project);
}

async function checkProject(checks, scratch, tarball, project) {
  const { name, how, config, axios } = project;
  const check = (what, run) => checks.check(`${name}: ${what}`, run);

  const path = await check('npm installs it into a new project', async () => {
    const created = await createProject(scratch, project);
    await npm(created, 'install', tarball.path, config, ...QUIET);
    await assert.rejects(readdir(join(created, 'node_modules', '@nestjs', 'axios')));
    return created;
  });
  if (!path) return;
  await check('the application of the README starts', async () => {
    await npm(path, 'run', 'build');
    const { status, httpError } = await startApp(path, how);
    assert.equal(status, 404);
    assert.match(httpError, new RegExp(` npm i ${axios}$`));
  });
  await checkSpecs(checks, path, project, 'its specs pass');
  await check(`it has an HttpService after npm i ${axios}`, async () => {
    await npm(path, 'install', axios, ...QUIET);
    assert.deepEqual(await startApp(path, how), { status: 404, httpError: null });
  });
  await checkSpecs(checks, path, project, 'its specs pass then');
}

async function checkSpecs(checks, path, { name, testNeedsNode = '0' }, what) {
  if (isOlderThan(testNeedsNode)) {
    checks.skip(
      `${name}: ${what}`,
      `Jest can load Nest 12 in CommonJS from Node ${testNeedsNode} on`,
    );
  } else {
    await checks.check(`${name}: ${what}`, () => npm(path, 'test'));
  }
}

/** Creates a project as `nest new` does, with the application of the README in place of its own. */
export async function createProject(scratch, project) {
  const path = await createNestProject(scratch, project);
  const sources = join(path, 'src');
  for (const file of await readdir(sources)) {
    if (file !== 'main.ts') await rm(join(sources, file));
  }
  for (const [name, file] of Object.entries(APP)) {
    const source = await readFile(join(ROOT, file), 'utf8');
    const isRequired = project.how === 'require';
    await writeFile(join(sources, name), isRequired ? withoutExtensions(source) : source);
  }
  return path;
}

/** Creates a project as `nest new` does, without its packages, and adds the probes. */
export async function createNestProject(scratch, { name, nest, type }) {
  const args = [`--name=${name}`, '--language=ts', '--package-manager=npm', '--no-dry-run'];
  if (type) args.push(`--type=${type}`);
  await exec(
    'npx',
    [
      ...['--yes', '--loglevel=error', '--package', `@nestjs/cli@${nest}`, '--'],
      ...['schematics', '@nestjs/schematics:application', ...args],
    ],
    { cwd: scratch.path },
  );
  const path = join(scratch.path, name);
  await cp(join(import.meta.dirname, 'probes'), join(path, 'probes'), { recursive: true });
  return path;
}

/** The Jest of a CommonJS project finds `./app.module`, not `./app.module.js`. */
const withoutExtensions = (source) => source.replace(/(?<=from '\.\/.+)\.js(?=')/g, '');

const npm = (path, ...args) => exec('npm', args, { cwd: path });

const startApp = async (path, how) =>
  JSON.parse(await node([join('probes', 'start-app.mjs'), how], { cwd: path, env: ENV }));
