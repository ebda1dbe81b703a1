import assert from 'node:assert/strict';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isOlderThan, JEST_REQUIRES_ESM } from './consumers.mjs';
import { exec, node } from './exec.mjs';

const README = join(import.meta.dirname, '..', 'readme');

/** The application at the start of the README, and its specs. */
const APP = [
  'app.module',
  'app.spec',
  'calendar.controller',
  'digest.service',
  'digest.service.spec',
];

const ENV = { BASE44_APP_ID: 'app1', BASE44_SERVICE_TOKEN: 'service-token' };

const QUIET = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];

/** The projects of `nest new`. `axios`: the package that the error of `connectors.http()` names. */
const PROJECTS = [
  { name: 'new-nest-11', nest: 11, how: 'require', axios: '@nestjs/axios@4' },
  {
    name: 'new-nest-12-commonjs',
    nest: 12,
    type: 'cjs',
    how: 'require',
    axios: '@nestjs/axios',
    testNeedsNode: JEST_REQUIRES_ESM,
  },
  { name: 'new-nest-12-esm', nest: 12, type: 'esm', how: 'import', axios: '@nestjs/axios' },
];

/** Follows the README in new projects: `npm install` of the tarball, and nothing else. */
export async function checkFreshProjects(checks, scratch, tarball) {
  for (const project of PROJECTS) await checkProject(checks, scratch, tarball, project);
}

async function checkProject(checks, scratch, tarball, project) {
  const { name, how, axios } = project;
  const check = (what, run) => checks.check(`${name}: ${what}`, run);

  const path = await check('npm installs it into a new project', async () => {
    const created = await createProject(scratch, project);
    await npm(created, 'install', tarball.path, ...QUIET);
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
async function createProject(scratch, { name, nest, type, how }) {
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
  const sources = join(path, 'src');
  for (const file of await readdir(sources)) {
    if (file !== 'main.ts') await rm(join(sources, file));
  }
  for (const file of APP) {
    const source = await readFile(join(README, `${file}.ts`), 'utf8');
    await writeFile(
      join(sources, `${file}.ts`),
      how === 'require' ? withoutExtensions(source) : source,
    );
  }
  await cp(join(import.meta.dirname, 'probes'), join(path, 'probes'), { recursive: true });
  return path;
}

/** The Jest of a CommonJS project finds `./app.module`, not `./app.module.js`. */
const withoutExtensions = (source) => source.replace(/(?<=from '\.\/.+)\.js(?=')/g, '');

const npm = (path, ...args) => exec('npm', args, { cwd: path });

const startApp = async (path, how) =>
  JSON.parse(await node([join('probes', 'start-app.mjs'), how], { cwd: path, env: ENV }));
