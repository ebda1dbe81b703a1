import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CommandLine, type Ran } from '../support/command-line.js';
import { compile, ROOT } from '../support/compile.js';

const NEST = path.join(ROOT, 'node_modules/@nestjs/cli/bin/nest.js');

const APP_MODULE = `import { Module } from '@nestjs/common';

@Module({
  imports: [],
})
export class AppModule {}
`;

let cli: CommandLine;
let project: string;

beforeAll(async () => {
  cli = await CommandLine.build();
  await compile('lib', path.join(cli.folder, 'dist/cjs'), 'commonjs');
  await writeFile(path.join(cli.folder, 'dist/cjs/package.json'), '{ "type": "commonjs" }');
});

afterAll(() => cli.remove());

beforeEach(async () => {
  project = await mkdtemp(path.join(ROOT, 'artifacts/nest-add-'));
  await mkdir(path.join(project, 'node_modules'));
  await mkdir(path.join(project, 'src'));
  await symlink(cli.folder, path.join(project, 'node_modules/nestjs-base44-connectors'));
  const manifest = { dependencies: { '@nestjs/core': '^12.0.0' } };
  await writeFile(path.join(project, 'package.json'), JSON.stringify(manifest));
  await writeFile(path.join(project, 'src/app.module.ts'), APP_MODULE);
});

afterEach(() => rm(project, { recursive: true, force: true }));

/** Runs the Nest CLI of this repository without a terminal, so it asks nothing. */
function nestAdd(...options: readonly string[]): Promise<Ran> {
  const args = [NEST, 'add', 'nestjs-base44-connectors', '--skip-install', ...options];
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { cwd: project }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode, stdout, stderr });
    });
  });
}

const read = (file: string) => readFile(path.join(project, file), 'utf8');

describe('nest add nestjs-base44-connectors', () => {
  it('registers the module, and adds the variables and packages of the way', async () => {
    const { code, stdout, stderr } = await nestAdd('--way=emulator');

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/CREATE.* \.env\.example/);
    expect(await read('src/app.module.ts')).toContain("'BASE44_SERVICE_TOKEN'");
    expect(await read('.env.example')).toContain('BASE44_SERVICE_TOKEN=emulated-service-token\n');
    expect(JSON.parse(await read('package.json'))).toEqual({
      dependencies: { '@nestjs/config': '^12.0.0', '@nestjs/core': '^12.0.0' },
    });
  });

  it('registers a broker when it cannot ask, and changes nothing when it runs again', async () => {
    await nestAdd();
    const source = await read('src/app.module.ts');
    expect(source).toContain("'BASE44_BROKER_SECRET'");

    const { code, stdout } = await nestAdd('--way', 'headers');

    expect(code).toBe(0);
    expect(stdout).toContain('Nothing was changed because src/app.module.ts already uses');
    expect(await read('src/app.module.ts')).toBe(source);
  });

  it('changes nothing in a dry run', async () => {
    const { code, stdout } = await nestAdd('--dry-run');

    expect(code).toBe(0);
    expect(stdout).toMatch(/UPDATE.* src\/app\.module\.ts/);
    expect(await read('src/app.module.ts')).toBe(APP_MODULE);
  });

  it('names the ways when it gets another one', async () => {
    const { code, stderr } = await nestAdd('--way=brokr');

    expect(code).toBe(1);
    expect(stderr).toContain('Allowed values are: "broker", "headers", "emulator"');
    expect(await read('src/app.module.ts')).toBe(APP_MODULE);
  });
});
