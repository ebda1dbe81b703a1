import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { closeAfterTest } from '../support/close-after-test.js';
import { CommandLine, type Ran } from '../support/command-line.js';
import { compile, ROOT } from '../support/compile.js';

const A_STACK = /^\s+at .+:\d+/m;

const KINDS = { esm: 'es6', cjs: 'commonjs' } as const;

let cli: CommandLine;
let nest: string;

beforeAll(async () => {
  cli = await CommandLine.build();
  nest = await mkdtemp(path.join(ROOT, 'artifacts/nest-'));
  await compile('lib', path.join(cli.folder, 'dist/cjs'), 'commonjs');
  await writeFile(path.join(cli.folder, 'dist/cjs/package.json'), '{ "type": "commonjs" }');
  await mkdir(path.join(nest, 'node_modules'));
  await symlink(cli.folder, path.join(nest, 'node_modules/nestjs-base44-connectors'));
  for (const [kind, module] of Object.entries(KINDS)) {
    await compile('test/cli/apps', path.join(nest, kind), module);
    const type = module === 'es6' ? 'module' : 'commonjs';
    await writeFile(path.join(nest, kind, 'package.json'), JSON.stringify({ type }));
  }
});

afterAll(async () => {
  await cli.remove();
  await rm(nest, { recursive: true, force: true });
});

/** Creates the folder of a Base44 app with these files in `base44`. */
async function createApp(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await mkdtemp(path.join(nest, 'base44-'));
  closeAfterTest(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries({ 'config.jsonc': '{ "name": "app" }', ...files })) {
    const file = path.join(folder, 'base44', name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return folder;
}

/** Returns the file of a connector, as the command line of Base44 writes it. */
const connector = (type: string) => ({
  [`connectors/${type}.jsonc`]: JSON.stringify({ type, scopes: [] }, null, 2),
});

const check = (base44: string, ...args: readonly string[]): Promise<Ran> =>
  cli.run(['connectors', 'check', '--app', 'esm/app.module.js', '--base44', base44, ...args], {
    cwd: nest,
  });

describe('nestjs-base44-connectors connectors check', () => {
  it.each(Object.keys(KINDS))('compares an application of kind %s with its app', async (kind) => {
    const base44 = await createApp({ ...connector('googlecalendar'), ...connector('slack') });
    const app = `${kind}/app.module.js`;

    const { code, stdout, stderr } = await check(base44, '--app', app);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      `Connectors of ${app} and ${path.basename(base44)}/base44/connectors:`,
      '- googlecalendar, required by CalendarController.events: found',
      '- notion, required by CalendarController.notes: missing, and optional. Connect it under Integrations in the ' +
        "Base44 editor, then run 'npx base44 connectors pull'.",
      '- workspaceConnector 66f0c2a41d, required by CalendarController.tickets: not checked, because the files ' +
        'contain integration types only',
      '- x, required by CalendarController.posts: not checked, because the connector is metered and needs no file',
      '- slack: in the app, but no decorator requires it. Services may use it.',
      '',
    ]);
  });

  it('fails when the app lacks a required connector', async () => {
    const base44 = await createApp(connector('slack'));

    const { code, stdout, stderr } = await check(base44);

    expect(code).toBe(1);
    expect(stdout).toMatch(
      /- googlecalendar, required by CalendarController\.events: missing\. Connect it under Integrations/,
    );
    expect(stderr).toBe(
      `${path.basename(base44)}/base44/connectors lacks 1 of the required connectors.\n`,
    );
  });

  it('suggests names of the app and of the catalogue for misspelt names', async () => {
    const base44 = await createApp(connector('own_warehouse'));

    const { code, stdout } = await check(base44, '--export', 'MisspellingModule');

    expect(code).toBe(1);
    expect(stdout).toMatch(/- slak, .*: missing\. Did you mean 'slack'\?\n/);
    expect(stdout).toMatch(/- own_warehose, .*: missing\. Did you mean 'own_warehouse'\?\n/);
  });

  it('checks the connectors of a named instance', async () => {
    const args = ['--instance', 'crm'];
    const { code, stdout } = await check(await createApp(), ...args);
    expect(code).toBe(1);
    expect(stdout).toContain('hubspot, required by CalendarController.deals: missing.');
    expect(stdout).not.toContain('googlecalendar');

    const passed = await check(await createApp(connector('hubspot')), ...args);
    expect(passed.code).toBe(0);
  });

  it('fails when no module registers the instance', async () => {
    const { code, stderr } = await check(await createApp(), '--instance', 'cmr');
    expect(code).toBe(1);
    expect(stderr).toContain("registers no ConnectorsModule with the name 'cmr'");
  });

  it('runs no constructor, factory or hook of the application, and needs no settings', async () => {
    const { stdout, stderr } = await check(await createApp());

    expect(stdout).toContain('CalendarController.events');
    expect(stdout + stderr).not.toContain('SIDE EFFECT');
  });

  it('reads files with comments, trailing commas and other names', async () => {
    const base44 = await createApp({
      'config.jsonc': '\uFEFF{ "name": "https://a//b", /* own */ "connectorsDir": "links", }',
      'links/calendar.json':
        '{\n  // "type": "slack",\n  "scopes": ["a, ]",],\n  "type": "googlecalendar",\n}',
      'links/stripe.jsonc': '{ "type": "stripe" }',
      'links/README.md': 'Not a connector',
      'connectors/github.jsonc': '{ "type": "github" }',
    });

    const { code, stdout } = await check(base44);

    expect(code).toBe(0);
    expect(stdout).toContain('googlecalendar, required by CalendarController.events: found');
    expect(stdout).not.toMatch(/slack|stripe|github/);
  });

  it.each<[string, string[], RegExp]>([
    [
      'is missing',
      ['--app', 'esm/none.js'],
      /esm\/none\.js does not exist\. Build the application/,
    ],
    ['is not built', ['--app', 'src/app.module.ts'], /app\.module\.ts is not built\. Build/],
    ['starts the application', ['--app', 'dist/main.js'], /main\.js starts the application\. Name/],
    [
      'exports no such module',
      ['--export', 'None'],
      /does not export a module None\. It exports App/,
    ],
    ['has a module that Nest cannot scan', ['--export', 'BrokenModule'], /cannot scan .*BROKEN/s],
    ['has a syntax error', ['--app', 'broken.js'], /broken\.js cannot be loaded: /],
    [
      'reads a setting',
      ['--app', 'cjs/env.js'],
      /env\.js cannot be loaded: .*BASE44_APP_ID.*set the variables/s,
    ],
    ['exports no class', ['--app', 'empty.js'], /exports no class\. Name .* --export/],
  ])('says that the file of the module %s', async (_case, args, expected) => {
    await writeFile(path.join(nest, 'broken.js'), 'class {');
    await writeFile(path.join(nest, 'empty.js'), '');
    const read = "require('nestjs-base44-connectors').connectorsOptionsFromEnv()";
    await writeFile(path.join(nest, 'cjs/env.js'), read);

    const { code, stdout, stderr } = await check(await createApp(), ...args);

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(expected);
    expect(stderr).not.toMatch(A_STACK);
  });

  it.each([
    ['no JSON', "{ type: 'slack' }", /slack\.jsonc is not JSON\. .*double quotes/],
    ['no type', '{ "scopes": [] }', /slack\.jsonc has no type, such as/],
    ['a malformed type', '{ "type": "../slack" }', /slack\.jsonc has no type, such as/],
    ['no object', 'null', /slack\.jsonc has no type, such as/],
  ])('rejects a file of a connector with %s', async (_case, text, expected) => {
    const base44 = await createApp({ 'connectors/slack.jsonc': text });

    const { code, stderr } = await check(base44);

    expect(code).toBe(1);
    expect(stderr).toMatch(expected);
  });

  it('names the folder of the app when it gets another one', async () => {
    const base44 = await createApp();

    const { code, stderr } = await check('esm');

    expect(code).toBe(1);
    expect(stderr).toContain('is not a Base44 app');
    expect(stderr).toContain(`The app is here: --base44 ${path.basename(base44)}`);
  });
});
