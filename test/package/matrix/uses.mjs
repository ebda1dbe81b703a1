import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertServes, BUNDLER, JEST, JEST_WITH_VM_MODULES, NODENEXT } from '../consumers.mjs';
import { bin, exec } from '../exec.mjs';
import { install } from '../scratch.mjs';

/** Packages that Nest imports only in applications that have them. */
const OPTIONAL_IN_NEST = ['@nestjs/microservices', '@nestjs/websockets', 'class-transformer'];

/** Lets the CommonJS modules in a bundle of ES modules require those of Node.js. */
const REQUIRE =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** Installs TypeScript 7 and esbuild, outside of the projects. */
export async function installTools(scratch) {
  const path = join(scratch.path, 'tools');
  await mkdir(path);
  await writeFile(join(path, 'package.json'), JSON.stringify({ private: true }));
  await install(path, 'typescript@7', 'esbuild@0.28');
  return path;
}

export const assertServesTokens = (project, program) => assertServes(project, { program });

/** Runs Jest as a new project of this Nest does. */
export const assertSpecPasses = (project, program, { nest, kind }) =>
  exec(program, nest === '11' && kind === 'CommonJS' ? JEST : JEST_WITH_VM_MODULES, {
    cwd: project,
  });

/** Checks the types of the application and of all packages. */
export async function assertTypes(project, tools) {
  for (const resolution of [NODENEXT, BUNDLER]) {
    await bin(tools, 'tsc', ['--noEmit', '--skipLibCheck', 'false', ...resolution], {
      cwd: project,
    });
  }
}

/** Runs one file with the application and all packages, apart from their folders. */
export async function assertServesBundle(project, tools, program, { kind }) {
  const file = `${project}-bundle${kind === 'ESM' ? '.mjs' : '.cjs'}`;
  const format = kind === 'ESM' ? ['--format=esm', `--banner:js=${REQUIRE}`] : ['--format=cjs'];
  await bin(tools, 'esbuild', [
    join(project, 'dist', 'main.js'),
    ...['--bundle', '--minify', '--platform=node', '--log-level=error', `--outfile=${file}`],
    ...format,
    ...OPTIONAL_IN_NEST.map((name) => `--external:${name}`),
  ]);
  await assertServes(project, { program, file });
}

/** Runs the application with the instrumentation of Nest, which puts a proxy around each provider. */
export async function assertServesBesideObserve(project, program, { kind }) {
  await install(project, '@nestjs/observe@0.3');
  const how = kind === 'ESM' ? 'import' : 'require';
  const printed = await exec(program, [join('probes', 'observed.mjs'), how], { cwd: project });
  assert.deepEqual(JSON.parse(printed), {
    statuses: [200, 200],
    isObserved: true,
    holdsToken: false,
  });
}

/** Creates the OpenAPI document of the application with the @nestjs/swagger of this Nest. */
export async function assertDocumentsErrors(project, program, { nest, kind }) {
  await install(project, `@nestjs/swagger@${nest}`);
  const how = kind === 'ESM' ? 'import' : 'require';
  const printed = await exec(program, [join('probes', 'documented.mjs'), how], { cwd: project });
  assert.deepEqual(JSON.parse(printed), {
    '/slack/decorator': ['200', '424', '502', '503'],
    '/slack/service': ['200'],
  });
}

/** Checks the health of the application with the @nestjs/terminus of this Nest. */
export async function assertChecksHealth(project, program, { nest, kind }) {
  await install(project, `@nestjs/terminus@${nest}`);
  const how = kind === 'ESM' ? 'import' : 'require';
  const printed = await exec(program, [join('probes', 'checked.mjs'), how], { cwd: project });
  assert.deepEqual(JSON.parse(printed), [
    ['error', 'not_connected'],
    ['ok', null],
    [nest === '12' ? 'degraded' : 'ok', 'base44_unavailable'],
    ['error', 'base44_unavailable'],
  ]);
}

/** Compares the application with a Base44 app that has its connector, without any setting. */
export async function assertChecksConnectors(project, program) {
  const folder = join(project, 'base44-app', 'base44');
  await mkdir(join(folder, 'connectors'), { recursive: true });
  await writeFile(join(folder, 'config.jsonc'), '{ "name": "app" }');
  await writeFile(join(folder, 'connectors', 'slack.jsonc'), '{ "type": "slack", "scopes": [] }');
  const main = join('node_modules', 'nestjs-base44-connectors', 'dist', 'lib', 'cli', 'main.js');
  const args = [main, 'connectors', 'check', '--base44', 'base44-app'];
  const printed = await exec(program, args, { cwd: project });
  assert.match(printed, /^- slack, required by SlackController\.fromDecorator: found$/m);
}
