import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BUNDLER, NODENEXT } from './consumers.mjs';
import { bin, exec, node } from './exec.mjs';
import { loadedFiles } from './loads.mjs';
import { install } from './scratch.mjs';

const CLI = 'base44@0.1.18';
const SDK = '@base44/sdk';
const ENTRY = 'base44-types';

/** The stand-in of the type tests for the file that the CLI writes. */
const FIXTURE = join(import.meta.dirname, '../types/fixtures/base44-cli-0.1.18.d.ts.txt');

const GENERATED = join('base44', '.types', 'types.d.ts');

const CONNECTORS = ['googlecalendar', 'slack'];

/** The consumers that get a Base44 app, and the module resolutions that compile it. */
const CONSUMERS = [
  { name: 'nest-12-esm', how: 'import', resolutions: { nodenext: NODENEXT, bundler: BUNDLER } },
  { name: 'nest-11-commonjs', how: 'require', resolutions: { node10: [], nodenext: NODENEXT } },
];

/** The one line of setup, and a connector that the CLI does not know. */
const REGISTRY = `
import type {} from 'nestjs-base44-connectors/base44-types';

declare module 'nestjs-base44-connectors' {
  interface ConnectorIntegrationTypeRegistry { 'my-own': true }
}
`;

const NAMES = `
import { ConnectorsModule, type ConnectorsService, ConnectorToken } from 'nestjs-base44-connectors';

export const use = async (connectors: ConnectorsService) => {
  await connectors.getAccessToken('googlecalendar');
  await connectors.getAccessToken('github'); // error
  await connectors.fetch('slack', '/auth.test');
  await connectors.fetch('Slack', '/auth.test'); // error
  connectors.http('my-own');
  connectors.http('my-other'); // error
  await connectors.getConnection({ workspaceConnector: 'github' });
  ConnectorsModule.forFeature(['slack', { connector: 'googlecalendar' }]);
  ConnectorsModule.forFeature([{ connector: 'github' }]); // error
};

export class Handlers {
  slack(@ConnectorToken('slack') token: string) { return token; }
  github(@ConnectorToken('github') token: string) { return token; } // error
}
`;

/** Checks the integration types that the Base44 CLI generates, in projects with the installed tarball. */
export async function checkBase44Types(checks, scratch, tarball) {
  const cli = await checks.check(`npm pack ${CLI}`, () => unpackCli(scratch));
  for (const consumer of CONSUMERS) {
    const without = join(scratch.path, consumer.name);
    await checks.check(`${consumer.name}: ${ENTRY} loads nothing, and works without ${SDK}`, () =>
      assertLoadsNothing(without, consumer, tarball),
    );
    if (cli) await checkApp(checks, { scratch, without, cli, consumer });
  }
}

async function checkApp(checks, { scratch, without, cli, consumer: { name, resolutions } }) {
  const project = await checks.check(
    `${name}: ${CLI} writes the types of the fixture`,
    async () => {
      const copy = await scratch.copy(without, `${name}-base44`);
      await install(copy, SDK);
      await generateTypes(cli, copy);
      const [generated, fixture] = [join(copy, GENERATED), FIXTURE].map((file) =>
        readFile(file, 'utf8'),
      );
      assert.equal(await generated, await fixture);
      return copy;
    },
  );
  if (!project) return;
  await writeFile(join(project, 'src', 'registry.ts'), REGISTRY);
  await writeFile(join(project, 'src', 'names.ts'), NAMES);
  for (const [resolution, options] of Object.entries(resolutions)) {
    await checks.check(
      `${name}: tsc knows the connectors of the app, with ${resolution} resolution`,
      () => assertErrorsWhereMarked(project, options),
    );
  }
}

/** @returns the program */
async function unpackCli({ path }) {
  const folder = join(path, 'base44-cli');
  await mkdir(folder);
  const tarball = await exec('npm', ['pack', CLI, '--silent'], { cwd: folder });
  await exec('tar', ['-xzf', tarball.trim()], { cwd: folder });
  return join(folder, 'package', 'bin', 'run.js');
}

/** Makes a project a Base44 app. The CLI also adds its types to the files that tsc compiles. */
async function generateTypes(cli, project) {
  const write = async (file, content) =>
    writeFile(join(project, 'base44', file), JSON.stringify(content));
  await mkdir(join(project, 'base44', 'connectors'), { recursive: true });
  await write('config.jsonc', { name: 't' });
  await write('.app.jsonc', { id: '66f0c2a41d5e4b0012ab34cd' });
  for (const type of CONNECTORS) {
    await write(join('connectors', `${type}.jsonc`), { type, scopes: [] });
  }
  await node([cli, 'types', 'generate'], {
    cwd: project,
    // The CLI writes files to the home directory, and asks npm for newer versions.
    env: { BASE44_DISABLE_TELEMETRY: '1', HOME: join(cli, '../..'), npm_config_offline: 'true' },
  });
}

async function assertLoadsNothing(project, { how }, { manifest: { name, exports } }) {
  const { default: file } = exports[`./${ENTRY}`][how];
  const loaded = await loadedFiles(project, how, [`${name}/${ENTRY}`]);
  assert.deepEqual(
    loaded.filter((one) => one.includes('node_modules')),
    [join(project, 'node_modules', name, file)],
  );
  await assert.rejects(readFile(join(project, 'node_modules', SDK, 'package.json')));
}

/** Checks the declarations of the library too, but ignores errors in those of the SDK. */
async function assertErrorsWhereMarked(project, options) {
  const printed = await bin(project, 'tsc', ['--noEmit', '--pretty', 'false', ...options]).then(
    () => '',
    (error) => error.message,
  );
  const errors = printed
    .split('\n')
    .filter((line) => /\): error TS/.test(line) && !line.startsWith(`node_modules/${SDK}/`));
  const expected = NAMES.split('\n')
    .map((line, index) => (line.endsWith('// error') ? `src/names.ts(${index + 1})` : ''))
    .filter(Boolean);
  assert.deepEqual(
    errors.map((error) => error.replace(/^(src\/names\.ts\(\d+),.*/, '$1)')),
    expected,
  );
}
