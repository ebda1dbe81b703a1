import assert from 'node:assert/strict';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bin, node } from '../exec.mjs';
import { createNestProject } from '../fresh.mjs';
import { install } from '../scratch.mjs';

/** Projects of `nest new`. That of Nest 11 has no choice of ES modules, so they are its own change. */
const PROJECTS = [
  { nest: '12', kind: 'ESM', type: 'esm' },
  { nest: '12', kind: 'CommonJS', type: 'cjs' },
  { nest: '11', kind: 'ESM' },
  { nest: '11', kind: 'CommonJS' },
];

/** The packages of `nest new` that `nest add` and `nest build` need. */
const BUILD_TOOLS = ['@nestjs/cli', '@nestjs/schematics', '@types/node', 'typescript'];

const CONTROLLER = `import { Controller, Get } from '@nestjs/common';
import { ConnectorToken } from 'nestjs-base44-connectors';

@Controller()
export class AppController {
  @Get()
  getToken(@ConnectorToken('slack') token: string) {
    return { token };
  }
}
`;

const EMPTY_MODULE = `import { Module } from '@nestjs/common';

@Module({})
export class AppModule {}
`;

const MANIFEST = 'package.json';
const ROOT_MODULE = join('src', 'app.module.ts');

/** Runs `nest add` of each Nest CLI in new projects. */
export async function checkNestAdd(cells, scratch, tarball) {
  const start = (project) => {
    const path = createProject(scratch, tarball, project);
    path.catch(() => undefined);
    return path;
  };
  let next = start(PROJECTS[0]);
  for (const [index, project] of PROJECTS.entries()) {
    const path = next;
    await path.catch(() => undefined);
    // While one project is used, the next one is installed.
    if (index + 1 < PROJECTS.length) next = start(PROJECTS[index + 1]);
    const check = (what, run) =>
      cells.check({ ...project, manager: 'npm', what }, async () => run(await path, project));
    await check('it serves tokens after nest add', assertServesTokens);
    await check('nest add again changes nothing', assertIdempotent);
    // Its module kind makes no difference to the code.
    if (project.kind === 'ESM') {
      await check('it compiles with the code of the other ways', assertCompiles);
    }
  }
}

async function createProject(scratch, tarball, { nest, kind, type }) {
  const name = `nest-add-${nest}-${kind}`.toLowerCase();
  const path = await createNestProject(scratch, { name, nest, type });
  await writeManifest(path, kind);
  await removeTestTypes(path);
  await writeFile(join(path, 'src', 'app.controller.ts'), CONTROLLER);
  if (kind === 'ESM') await addExtensions(join(path, 'src'));
  await install(path, tarball.path);
  return path;
}

async function writeManifest(path, kind) {
  const { devDependencies, ...manifest } = await readManifest(path);
  const tools = Object.entries(devDependencies).filter(([name]) => BUILD_TOOLS.includes(name));
  const changed = {
    ...manifest,
    type: kind === 'ESM' ? 'module' : 'commonjs',
    devDependencies: Object.fromEntries(tools),
  };
  await writeFile(join(path, MANIFEST), JSON.stringify(changed, null, 2));
}

/** The test runners of `nest new` are not installed. */
async function removeTestTypes(path) {
  const file = join(path, 'tsconfig.json');
  const config = await readFile(file, 'utf8');
  await writeFile(file, config.replace(/"types": \[.*?\]/, '"types": ["node"]'));
}

/** Writes relative imports as ES modules need them. */
async function addExtensions(folder) {
  for (const name of await readdir(folder)) {
    const source = await readFile(join(folder, name), 'utf8');
    await writeFile(join(folder, name), source.replace(/(from '\.\/.+?)(?:\.js)?';/g, "$1.js';"));
  }
}

async function assertServesTokens(path, { nest, kind }) {
  // The short option leaves the packages of the schematic to its own installation.
  await nestAdd(path, '-s', '--way=emulator');
  const { dependencies } = await readManifest(path);
  assert.equal(dependencies['@nestjs/config'], nest === '11' ? '^4.0.0' : '^12.0.0');
  assert.equal(dependencies['@nestjs/axios'], nest === '11' ? '^4.0.0' : undefined);
  await cp(join(path, '.env.example'), join(path, '.env'));
  await bin(path, 'nest', ['build']);
  const how = kind === 'ESM' ? 'import' : 'require';
  const printed = await node([join('probes', 'serve-token.mjs'), how], { cwd: path });
  assert.equal(printed.trim(), '200 {"token":"xoxb-emulated"}');
}

async function assertIdempotent(path) {
  const files = [ROOT_MODULE, MANIFEST, '.env.example'].map((file) => join(path, file));
  const readAll = () => Promise.all(files.map((file) => readFile(file, 'utf8')));
  const before = await readAll();
  assert.match(await nestAdd(path, '-s', '--way=broker'), /Nothing was changed because/);
  assert.deepEqual(await readAll(), before);
}

async function assertCompiles(path) {
  for (const way of ['broker', 'headers']) {
    await writeFile(join(path, ROOT_MODULE), EMPTY_MODULE);
    assert.match(await nestAdd(path, '--skip-install', `--way=${way}`), /Registered/);
    await bin(path, 'tsc', ['--noEmit', '--project', 'tsconfig.build.json']);
  }
}

const nestAdd = (path, ...options) =>
  bin(path, 'nest', ['add', 'nestjs-base44-connectors', ...options]);

const readManifest = async (path) => JSON.parse(await readFile(join(path, MANIFEST), 'utf8'));
