import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bin, exec, node } from './exec.mjs';
import { install } from './scratch.mjs';

const SERVED = [
  'slack/decorator 200 {"token":"xoxb-packed"}',
  'slack/service 200 {"token":"xoxb-packed"}',
];

const MAIN = join('dist', 'main.js');

export const BUNDLER = ['--module', 'esnext', '--moduleResolution', 'bundler'];
export const NODENEXT = ['--module', 'nodenext', '--moduleResolution', 'nodenext'];

/** The first version of Node.js in which Jest can `require` ES modules such as Nest 12. */
export const JEST_REQUIRES_ESM = '24.9.0';

const vitest = (project) => bin(project, 'vitest', ['run']);

export const JEST = [join('node_modules', 'jest', 'bin', 'jest.js')];

/** The test runner in the starter of Nest 12, for CommonJS too. */
export const JEST_WITH_VM_MODULES = ['--experimental-vm-modules', '--no-warnings', ...JEST];

const jestWithVmModules = (project) => node(JEST_WITH_VM_MODULES, { cwd: project });

const jest = (project) => node(JEST, { cwd: project });

/**
 * Projects of users. `serves`: `tsc` compiles the app, library types included, and Node.js serves
 * it. `typesToo`: other module resolutions that check the types. `test`: runs its spec.
 */
const CONSUMERS = [
  { name: 'nest-12-esm', serves: true, typesToo: { bundler: BUNDLER }, test: vitest },
  { name: 'nest-12-jest-esm', test: jestWithVmModules },
  {
    name: 'nest-12-commonjs',
    serves: true,
    test: jestWithVmModules,
    testNeedsNode: JEST_REQUIRES_ESM,
  },
  {
    name: 'nest-11-commonjs',
    serves: true,
    typesToo: { nodenext: NODENEXT },
    test: jest,
  },
  { name: 'nest-11-lowest', serves: true },
];

export const isOlderThan = (version, node = process.versions.node) =>
  node.localeCompare(version, 'en', { numeric: true }) < 0;

/** Installs the tarball in the project of each consumer and uses it there. */
export async function checkConsumers(checks, scratch, tarball) {
  let next = layOut(CONSUMERS[0], scratch, tarball);
  for (const [index, consumer] of CONSUMERS.entries()) {
    const { project, installed } = await next;
    await checks.check(
      `${consumer.name}: npm installs it beside one copy of each peer`,
      async () => {
        await installed;
        const peers = Object.keys(tarball.manifest.peerDependencies);
        // The consumers use no tracing, so npm installs no package for it.
        const installedPeers = peers.filter((peer) => !peer.startsWith('@opentelemetry/'));
        await assertOneCopyOfEach(installedPeers, project);
      },
    );
    // While one project is checked, the next one is installed.
    if (index + 1 < CONSUMERS.length) next = layOut(CONSUMERS[index + 1], scratch, tarball);
    await checkUse(checks, consumer, project);
  }
}

/** @returns its project, and the promise of its install, which the caller must await */
async function layOut({ name }, scratch, tarball) {
  const project = await scratch.project(name);
  const installed = install(project, tarball.path);
  installed.catch(() => undefined);
  return { project, installed };
}

async function checkUse(checks, consumer, project) {
  const { name, serves, typesToo = {}, test, testNeedsNode = '0' } = consumer;
  const check = (what, run) => checks.check(`${name}: ${what}`, run);

  if (serves) {
    await check('tsc compiles the app', () => bin(project, 'tsc', []));
    await check('the app serves tokens', () => assertServes(project));
  }
  for (const [resolution, options] of Object.entries(typesToo)) {
    await check(`tsc accepts it with ${resolution} resolution`, () =>
      bin(project, 'tsc', ['--noEmit', ...options]),
    );
  }
  if (!test) return;
  if (isOlderThan(testNeedsNode)) {
    checks.skip(`${name}: its spec passes`, `Jest can do this from Node ${testNeedsNode} on`);
  } else {
    await check('its spec passes', () => test(project));
  }
}

async function assertOneCopyOfEach(packages, project) {
  const lockfile = await readFile(join(project, 'package-lock.json'), 'utf8');
  const paths = Object.keys(JSON.parse(lockfile).packages);
  for (const name of packages) {
    const copies = paths.filter((path) => path.endsWith(`node_modules/${name}`));
    assert.deepEqual(copies, [`node_modules/${name}`]);
  }
}

/** Checks that the built app responds with tokens. */
export async function assertServes(project, { program = process.execPath, file = MAIN } = {}) {
  const output = await exec(program, [file], { cwd: project });
  assert.deepEqual(output.trimEnd().split('\n'), SERVED);
}
