import { APP_MODULE, Project } from './project.fixture.js';

const ROOT_MODULE = {
  [APP_MODULE]: "import { Module } from '@nestjs/common';\n@Module({}) export class AppModule {}\n",
};

/** Creates a project that declares, and has installed, these versions. */
function createProject(
  dependencies: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
): Project {
  return new Project({
    ...ROOT_MODULE,
    'package.json': JSON.stringify({ dependencies }, null, 2),
    ...files,
  });
}

function getDependencies({ files }: Project): unknown {
  return (JSON.parse(files['package.json'] ?? '') as { dependencies: unknown }).dependencies;
}

describe('package.json after nest add', () => {
  it('has the packages of Nest 11, of which npm would select version 12', () => {
    const project = createProject({ '@nestjs/core': '^11.0.1', zod: '4' });

    const { messages, tasks } = project.nestAdd();

    expect(Object.entries(getDependencies(project) as object)).toEqual([
      ['@nestjs/axios', '^4.0.0'],
      ['@nestjs/config', '^4.0.0'],
      ['@nestjs/core', '^11.0.1'],
      ['zod', '4'],
    ]);
    expect(messages).toContain('HttpService and forFeature need @nestjs/axios.');
    expect(tasks).toEqual([
      { name: 'node-package', options: { command: 'install', quiet: true, hideOutput: true } },
    ]);
  });

  it('has @nestjs/config of Nest 12', () => {
    const project = createProject({ '@nestjs/core': '^12.0.1' });
    const { messages } = project.nestAdd();
    expect(getDependencies(project)).toEqual({
      '@nestjs/config': '^12.0.0',
      '@nestjs/core': '^12.0.1',
    });
    expect(messages).not.toContain('HttpService');
  });

  it('has the packages of the installed Nest, if its range names no version', () => {
    const project = createProject(
      { '@nestjs/core': 'catalog:' },
      { 'node_modules/@nestjs/core/package.json': '{ "version": "11.1.3" }' },
    );
    project.nestAdd();
    expect(getDependencies(project)).toMatchObject({ '@nestjs/config': '^4.0.0' });
  });

  it('keeps packages that it lists, and needs no installation then', () => {
    const listed = {
      '@nestjs/core': '11',
      '@nestjs/config': 'next',
      '@nestjs/axios': '3',
    };
    const project = createProject(listed);
    const { tasks } = project.nestAdd();
    expect(getDependencies(project)).toEqual(listed);
    expect(tasks).toEqual([]);
  });

  it('has no @nestjs/config if no code uses it', () => {
    const project = createProject({ '@nestjs/core': '^12.0.1' });
    project.nestAdd({ way: 'headers' });
    expect(getDependencies(project)).toEqual({ '@nestjs/core': '^12.0.1' });
  });

  it('has axios in a project with Yarn, which installs no peer dependencies', () => {
    const project = createProject({ '@nestjs/core': '12' }, { 'yarn.lock': '' });
    project.nestAdd({ way: 'headers' });
    expect(getDependencies(project)).toEqual({ '@nestjs/core': '12', axios: '^1.18.0' });
  });

  it('keeps its indentation and line endings', () => {
    const manifest = '{\r\n\t"name": "app",\r\n\t"dependencies": {}\r\n}\r\n';
    const project = createProject({}, { 'package.json': manifest });
    project.nestAdd();
    expect(project.files['package.json']).toBe(
      '{\r\n\t"name": "app",\r\n\t"dependencies": {\r\n\t\t"@nestjs/config": "^12.0.0"\r\n\t}\r\n}\r\n',
    );
  });

  it.each(['bun.lock', 'bun.lockb'])('is installed by Bun in a project with %s', (lock) => {
    const project = createProject({}, { [lock]: '' });
    const { tasks } = project.nestAdd();
    expect(tasks).toMatchObject([{ options: { command: 'install', packageManager: 'bun' } }]);
  });

  it('is not followed by an installation with --skip-install', () => {
    const project = createProject({});
    const { messages, tasks } = project.nestAdd({ skipInstall: true });
    expect(tasks).toEqual([]);
    expect(messages).toContain('Run the install command of your package manager.');
  });
});

describe('.env.example after nest add', () => {
  it.each([
    ['broker', ['BASE44_APP_ID=', 'BASE44_BROKER_URL=', 'BASE44_BROKER_SECRET=']],
    ['headers', ['BASE44_APP_ID=', 'BASE44_API_URL=https://base44.app']],
    [
      'emulator',
      [
        'BASE44_APP_ID=64b0c0ffee0000000000ba44',
        'BASE44_API_URL=http://127.0.0.1:4400',
        'BASE44_SERVICE_TOKEN=emulated-service-token',
      ],
    ],
  ] as const)('has the variables of --way=%s', (way, expected) => {
    const project = createProject({});
    project.nestAdd({ way });
    const lines = project.files['.env.example']?.split('\n') ?? [];
    expect(lines.filter((line) => line.startsWith('BASE44_'))).toEqual(expected);
    expect(lines.at(-1)).toBe('');
  });

  it('keeps its own lines, and has no variable twice', () => {
    const before = 'PORT=3000\r\n# BASE44_APP_ID=app1\r\nexport BASE44_BROKER_URL=https://a';
    const project = createProject({}, { '.env.example': before });

    project.nestAdd();

    expect(project.files['.env.example']).toBe(
      `${before}\r\n# 'npx nestjs-base44-connectors broker init' prints these lines\r\nBASE44_BROKER_SECRET=\r\n`,
    );
  });

  it('stays the same if it has all variables', () => {
    const before = 'BASE44_APP_ID=\nBASE44_API_URL=';
    const project = createProject({}, { '.env.example': before });
    project.nestAdd({ way: 'headers' });
    expect(project.files['.env.example']).toBe(before);
  });

  it('stays the same if it is not in UTF-8, and nest add shows the lines', () => {
    const before = Buffer.from('\uFEFFPORT=3000\r\n', 'utf16le');
    const project = new Project({ ...ROOT_MODULE, '.env.example': before });

    const { messages } = project.nestAdd({ way: 'headers' });

    expect(project.read('.env.example')).toEqual(before);
    expect(messages).toContain(
      '.env.example was not changed because it is not encoded in UTF-8. Add these lines by hand:',
    );
    expect(messages).toContain('BASE44_APP_ID=\n');
    expect(project.files[APP_MODULE]).toContain('ConnectorsModule.forRootAsync');
  });
});
