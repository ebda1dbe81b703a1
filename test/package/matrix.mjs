// Uses the packed package in each supported combination of Node.js, Nest, module kind and package
// manager, and beside other tools. Runs `nest add` in new projects. Prints a line for each cell.
// usage: node matrix.mjs [installed|nest-add]
import { isOlderThan, JEST_REQUIRES_ESM } from './consumers.mjs';
import { exec } from './exec.mjs';
import { Cells } from './matrix/cells.mjs';
import { checkNestAdd } from './matrix/nest-add.mjs';
import { assertTraces, SDKS } from './matrix/opentelemetry.mjs';
import { createProject, MANAGERS } from './matrix/projects.mjs';
import {
  assertChecksConnectors,
  assertChecksHealth,
  assertDocumentsErrors,
  assertServesBesideObserve,
  assertServesBundle,
  assertServesTokens,
  assertSpecPasses,
  assertTypes,
  installTools,
} from './matrix/uses.mjs';
import { checkPacked } from './packed.mjs';

const NODE_VERSIONS = ['20', '22', '24', '26'];
const NODE_VERSIONS_OF_OTHER_MANAGERS = ['22', '24'];
/** Runs bundles, and applications beside other modules. */
const NODE_VERSION_OF_TOOLS = '24';

const PROJECTS = ['12', '11'].flatMap((nest) =>
  ['ESM', 'CommonJS'].flatMap((kind) => MANAGERS.map((manager) => ({ nest, kind, manager }))),
);

const PARTS = { installed: checkInstalled, 'nest-add': checkNestAdd };

const selected = process.argv.slice(2);

await checkPacked(async (checks, scratch, tarball) => {
  const cells = new Cells(checks);
  for (const [name, check] of Object.entries(PARTS)) {
    if (selected.length === 0 || selected.includes(name)) await check(cells, scratch, tarball);
  }
});

async function checkInstalled(cells, scratch, tarball) {
  const lab = { nodes: findNodes(), tools: start(() => installTools(scratch)) };
  const create = (project) => start(() => createProject(scratch, tarball, project));
  let next = create(PROJECTS[0]);
  for (const [index, project] of PROJECTS.entries()) {
    const path = next;
    await path.catch(() => undefined);
    // While one project is used, the next one is installed.
    if (index + 1 < PROJECTS.length) next = create(PROJECTS[index + 1]);
    await checkOnEachNode(cells, lab, project, path);
    if (project.manager === 'npm') await checkWithTools(cells, lab, project, path);
  }
}

async function checkOnEachNode(cells, { nodes }, project, path) {
  const { nest, kind, manager } = project;
  for (const node of manager === 'npm' ? NODE_VERSIONS : NODE_VERSIONS_OF_OTHER_MANAGERS) {
    const cell = { ...project, node };
    const { program, version } = await nodes[node];
    await cells.check({ ...cell, what: 'it serves tokens' }, async () =>
      assertServesTokens(await path, program),
    );
    if (manager !== 'npm') continue;
    const spec = { ...cell, what: 'its Jest spec passes' };
    if (nest === '12' && kind === 'CommonJS' && isOlderThan(JEST_REQUIRES_ESM, version)) {
      cells.skip(
        spec,
        `Jest can require ES modules, as Nest 12 is, from Node ${JEST_REQUIRES_ESM} on`,
      );
    } else {
      await cells.check(spec, async () => assertSpecPasses(await path, program, project));
    }
  }
}

async function checkWithTools(cells, { nodes, tools }, project, path) {
  const { program } = await nodes[NODE_VERSION_OF_TOOLS];
  await cells.check({ ...project, what: 'TypeScript 7 accepts all its types' }, async () =>
    assertTypes(await path, await tools),
  );
  const cell = { ...project, node: NODE_VERSION_OF_TOOLS };
  await cells.check({ ...cell, what: 'it serves tokens, bundled by esbuild --minify' }, async () =>
    assertServesBundle(await path, await tools, program, project),
  );
  await cells.check({ ...cell, what: 'it serves tokens beside @nestjs/observe' }, async () =>
    assertServesBesideObserve(await path, program, project),
  );
  await cells.check({ ...cell, what: 'it documents errors with @nestjs/swagger' }, async () =>
    assertDocumentsErrors(await path, program, project),
  );
  await cells.check({ ...cell, what: 'it checks its health with @nestjs/terminus' }, async () =>
    assertChecksHealth(await path, program, project),
  );
  await cells.check({ ...cell, what: 'connectors check finds its connector' }, async () =>
    assertChecksConnectors(await path, program),
  );
  for (const sdk of SDKS) {
    const what = `it traces requests with OpenTelemetry SDK ${sdk.sdk}`;
    const { program: traced } = await nodes[sdk.node];
    await cells.check({ ...project, node: sdk.node, what }, async () =>
      assertTraces(await path, traced, project, sdk),
    );
  }
}

/** @returns promises of the programs, by version */
function findNodes() {
  return Object.fromEntries(
    NODE_VERSIONS.map((version) => [version, start(() => findNode(version))]),
  );
}

async function findNode(version) {
  const print = ['node', '-p', 'JSON.stringify([process.execPath, process.versions.node])'];
  const printed = await exec('npx', ['--yes', '--package', `node@${version}`, '--', ...print]);
  const [program, exact] = JSON.parse(printed);
  return { program, version: exact };
}

/** Starts work whose failure shows where its promise is awaited. */
function start(work) {
  const promise = work();
  promise.catch(() => undefined);
  return promise;
}
