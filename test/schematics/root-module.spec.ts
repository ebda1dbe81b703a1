import { readFile } from 'node:fs/promises';
import path from 'node:path';
import ts from 'typescript';
import { ROOT } from '../support/compile.js';
import { APP_MODULE, Project } from './project.fixture.js';

const README_BEFORE = `// app.module.ts
import { Module } from '@nestjs/common';
import { CalendarController } from './calendar.controller.js';

@Module({
  imports: [],
  controllers: [CalendarController],
})
export class AppModule {}
`;

const IMPORT = "import { ConnectorsModule } from 'nestjs-base44-connectors';";

/** The registration for requests with Base44's headers. */
function registration(indent: string): string {
  const lines = [
    'ConnectorsModule.forRootAsync({',
    '  useFactory: () => ({',
    '    appId: process.env.BASE44_APP_ID!,',
    '    serverUrl: process.env.BASE44_API_URL, // https://base44.app by default',
    '    request: { base44Headers: true },',
    '  }),',
    '}),',
  ];
  return lines.map((line) => indent + line).join('\n');
}

/** Root modules of other forms than that of `nest new`, and the modules that the schematic makes of them. */
const EDITED: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'without imports': [
    `import { Module } from '@nestjs/common';

@Module({
  controllers: [],
})
export class AppModule {}
`,
    `import { Module } from '@nestjs/common';
${IMPORT}

@Module({
  imports: [
${registration('    ')}
  ],
  controllers: [],
})
export class AppModule {}
`,
  ],
  'without metadata': [
    `import { Module } from '@nestjs/common';

@Module({})
export class AppModule {}
`,
    `import { Module } from '@nestjs/common';
${IMPORT}

@Module({
  imports: [
${registration('    ')}
  ],
})
export class AppModule {}
`,
  ],
  'with a trailing comma and comments': [
    `import { Module } from '@nestjs/common';
import { UsersModule } from './users.module';

@Module({
  imports: [
    UsersModule, // of the app, not ]
    /* OrdersModule, */
  ],
})
export class AppModule {}
`,
    `import { Module } from '@nestjs/common';
${IMPORT}
import { UsersModule } from './users.module';

@Module({
  imports: [
    UsersModule, // of the app, not ]
    /* OrdersModule, */
${registration('    ')}
  ],
})
export class AppModule {}
`,
  ],
  'without a trailing comma, and with a comment after the last element': [
    `import { Module } from '@nestjs/common';

@Module({
  imports: [
    ...modules,
    UsersModule.register({ pattern: /[\\]"']/, url: \`\${scheme}://]\` }) // the last one
  ],
})
export class AppModule {}
`,
    `import { Module } from '@nestjs/common';
${IMPORT}

@Module({
  imports: [
    ...modules,
    UsersModule.register({ pattern: /[\\]"']/, url: \`\${scheme}://]\` }), // the last one
${registration('    ')}
  ],
})
export class AppModule {}
`,
  ],
  'with an array of comments': [
    `import { Module } from '@nestjs/common';

@Module({
  imports: [
    // none yet
  ],
})
export class AppModule {}
`,
    `import { Module } from '@nestjs/common';
${IMPORT}

@Module({
  imports: [
    // none yet
${registration('    ')}
  ],
})
export class AppModule {}
`,
  ],
  'with imports on one line': [
    `import { Module } from '@nestjs/common';

@Module({
  imports: [UsersModule, /* legacy */ OrdersModule],
  providers: [],
})
export class AppModule {}
`,
    `import { Module } from '@nestjs/common';
${IMPORT}

@Module({
  imports: [
    UsersModule,
    /* legacy */ OrdersModule,
${registration('    ')}
  ],
  providers: [],
})
export class AppModule {}
`,
  ],
  'on one line': [
    `import { Module } from '@nestjs/common';
@Module({ imports: [UsersModule], providers: [] }) export class AppModule {}
`,
    `import { Module } from '@nestjs/common';
${IMPORT}
@Module({
  imports: [
    UsersModule,
${registration('    ')}
  ],
  providers: []
}) export class AppModule {}
`,
  ],
  'on one line, without imports': [
    `import { Module } from '@nestjs/common';
@Module({ providers: [] }) export class AppModule {}
`,
    `import { Module } from '@nestjs/common';
${IMPORT}
@Module({
  imports: [
${registration('    ')}
  ],
  providers: []
}) export class AppModule {}
`,
  ],
  'with brackets in other places': [
    `import { Module } from '@nestjs/common';

@Module({ imports: [
  UsersModule,
], providers: [] })
export class AppModule {}
`,
    `import { Module } from '@nestjs/common';
${IMPORT}

@Module({ imports: [
  UsersModule,
${registration('  ')}
], providers: [] })
export class AppModule {}
`,
  ],
  'with tabs, double quotes and no semicolons': [
    `import { Module } from "@nestjs/common"

@Module({
\timports: [],
})
export class AppModule {}
`,
    `import { Module } from "@nestjs/common"
${IMPORT.replaceAll("'", '"').replace(';', '')}

@Module({
\timports: [
${registration('\t\t').replace(/^\t\t +/gm, (start) => start.replaceAll('  ', '\t'))}
\t],
})
export class AppModule {}
`,
  ],
  'with an alias of Module, a quoted name, and another decorator': [
    `import { Global, Module as NestModule } from '@nestjs/common';

@Global()
@NestModule({
  ...metadata,
  'imports': [],
})
export default class extends Base {}
`,
    `import { Global, Module as NestModule } from '@nestjs/common';
${IMPORT}

@Global()
@NestModule({
  ...metadata,
  'imports': [
${registration('    ')}
  ],
})
export default class extends Base {}
`,
  ],
  'after another module in the file': [
    `import { Module } from '@nestjs/common';

@Module({ imports: [] })
class CoreModule {}

@Module({
  imports: [CoreModule],
})
export class AppModule {}
`,
    `import { Module } from '@nestjs/common';
${IMPORT}

@Module({ imports: [] })
class CoreModule {}

@Module({
  imports: [
    CoreModule,
${registration('    ')}
  ],
})
export class AppModule {}
`,
  ],
  'with comments behind its imports': [
    `import { Module } from '@nestjs/common'; // eslint-disable-line no-restricted-imports
import { UsersModule } from './users.module';

@Module({ imports: [UsersModule] })
export class AppModule {}
`,
    `import { Module } from '@nestjs/common'; // eslint-disable-line no-restricted-imports
${IMPORT}
import { UsersModule } from './users.module';

@Module({
  imports: [
    UsersModule,
${registration('    ')}
  ]
})
export class AppModule {}
`,
  ],
  'with an import of this package': [
    `import { Module } from '@nestjs/common';
import { ConnectorsService } from 'nestjs-base44-connectors';
import type { ConnectorFetch } from 'nestjs-base44-connectors';

// ConnectorsModule.forRoot() follows.
@Module({
  imports: [],
})
export class AppModule {}
`,
    `import { Module } from '@nestjs/common';
import { ConnectorsService, ConnectorsModule } from 'nestjs-base44-connectors';
import type { ConnectorFetch } from 'nestjs-base44-connectors';

// ConnectorsModule.forRoot() follows.
@Module({
  imports: [
${registration('    ')}
  ],
})
export class AppModule {}
`,
  ],
};

const toCrlf = (text: string) => text.replaceAll('\n', '\r\n');

function getSyntaxErrors(source: string): unknown[] {
  const compilerOptions = { experimentalDecorators: true };
  return ts.transpileModule(source, { compilerOptions, reportDiagnostics: true }).diagnostics ?? [];
}

describe('the root module after nest add', () => {
  it.each([
    ['broker', 'outside'],
    ['headers', 'called-by-base44'],
    ['emulator', 'emulator'],
  ] as const)('is the module of the README for --way=%s', async (way, name) => {
    const file = path.join(ROOT, `test/guides/readme/${name}.app.module.ts`);
    const project = new Project({ [APP_MODULE]: README_BEFORE });

    project.nestAdd({ way });

    expect(project.files[APP_MODULE]).toBe(await readFile(file, 'utf8'));
  });

  describe.each(Object.entries(EDITED))('%s', (_form, [before, after]) => {
    it('has the registration', () => {
      const project = new Project({ [APP_MODULE]: before });

      const { messages } = project.nestAdd({ way: 'headers' });

      expect(project.files[APP_MODULE]).toBe(after);
      expect(messages).toContain(`Registered ConnectorsModule in ${APP_MODULE}`);
      expect(getSyntaxErrors(after)).toEqual([]);
    });

    it('keeps its line endings', () => {
      const project = new Project({ [APP_MODULE]: toCrlf(before) });
      project.nestAdd({ way: 'headers' });
      expect(project.files[APP_MODULE]).toBe(toCrlf(after));
    });

    it('stays the same when nest add runs again', () => {
      const project = new Project({ [APP_MODULE]: before });
      project.nestAdd({ way: 'headers' });
      const { files } = project;

      const { messages, tasks } = project.nestAdd({ way: 'broker' });

      expect(project.files).toEqual(files);
      expect(messages).toBe(
        `Nothing was changed because ${APP_MODULE} already uses ConnectorsModule.`,
      );
      expect(tasks).toEqual([]);
    });
  });

  it('has one ConfigModule if it registered that before', () => {
    const project = new Project({
      [APP_MODULE]: `import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';

@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true }),
  ],
})
export class AppModule {}
`,
    });

    project.nestAdd();

    const source = project.files[APP_MODULE];
    expect(source).toContain("import { ConfigModule, ConfigService } from '@nestjs/config';");
    expect(source?.match(/ConfigModule\.forRoot/g)).toHaveLength(1);
    expect(source).toContain('ConnectorsModule.forRootAsync({\n      imports: [ConfigModule],');
  });

  it.each([
    ['under another name', 'ConnectorsModule as Connectors', 'Connectors.forRoot({})'],
    ['in a variable', 'ConnectorsModule', 'connectors'],
  ])('stays the same if it registered ConnectorsModule %s', (_how, specifier, element) => {
    const source = `import { Module } from '@nestjs/common';
import { ${specifier} } from 'nestjs-base44-connectors';
const connectors = ${specifier.split(' ').at(-1)}.forRoot({});
@Module({ imports: [${element}] }) export class AppModule {}
`;
    const project = new Project({ [APP_MODULE]: source });
    const { messages } = project.nestAdd();
    expect(project.files[APP_MODULE]).toBe(source);
    expect(messages).toContain('already uses ConnectorsModule');
  });

  it('is the file that --module names', () => {
    const project = new Project({ 'apps/api/root.module.ts': README_BEFORE });
    project.nestAdd({ sourceRoot: 'apps/api', module: 'apps/api/root.module.ts' });
    expect(project.files['apps/api/root.module.ts']).toContain('ConnectorsModule.forRootAsync');
  });
});

const NEST = "import { Module } from '@nestjs/common';\n";
const CLASS = 'export class AppModule {}\n';

/** Root modules that the schematic leaves to the user, with the reasons. */
const UNEDITABLE: Readonly<Record<string, readonly [source: string, reason: string]>> = {
  'imports that are a variable': [
    `${NEST}@Module({ imports: modules })\n${CLASS}`,
    'its imports are not an array literal',
  ],
  'imports that are a shorthand': [
    `${NEST}@Module({ imports })\n${CLASS}`,
    'its imports are not an array literal',
  ],
  'imports that are a method': [
    `${NEST}@Module({ imports() {} })\n${CLASS}`,
    'its imports are not an array literal',
  ],
  'metadata in a spread': [
    `${NEST}@Module({ ...metadata })\n${CLASS}`,
    'a spread (...) in @Module() can contain imports',
  ],
  'a spread after its imports': [
    `${NEST}@Module({ imports: [], ...metadata })\n${CLASS}`,
    'a spread (...) in @Module() can contain imports',
  ],
  'a computed name': [
    `${NEST}@Module({ [key]: [] })\n${CLASS}`,
    'a computed name in @Module() can be imports',
  ],
  'metadata in a variable': [
    `${NEST}@Module(metadata)\n${CLASS}`,
    'the argument of @Module() is not an object literal',
  ],
  'no metadata': [
    `${NEST}@Module()\n${CLASS}`,
    'the argument of @Module() is not an object literal',
  ],
  'no decorator': [
    `${NEST}// @Module({ imports: [] })\n${CLASS}`,
    'it has no class with @Module()',
  ],
  'the Module of another package': [
    `import { Module } from 'other';\n@Module({ imports: [] })\n${CLASS}`,
    'it has no class with @Module()',
  ],
  'several modules, and no AppModule': [
    `${NEST}@Module({}) export class One {}\n@Module({}) export class Two {}\n`,
    'it has several modules (One, Two), and none is AppModule',
  ],
  'another ConnectorsModule': [
    `${NEST}import { ConnectorsModule } from './connectors.module';\n@Module({ imports: [ConnectorsModule] })\n${CLASS}`,
    'it uses the name ConnectorsModule in another way',
  ],
  'a ConnectorsModule of its own': [
    `${NEST}@Module({}) class ConnectorsModule {}\n@Module({ imports: [] })\n${CLASS}`,
    'it uses the name ConnectorsModule in another way',
  ],
  'a ConfigService that is only a type': [
    `${NEST}import type { ConfigService } from '@nestjs/config';\n@Module({ imports: [] })\n${CLASS}`,
    'it uses the name ConfigService in another way',
  ],
  'a syntax error': [`${NEST}@Module({ imports: [ })\n${CLASS}`, 'it has a syntax error'],
};

describe('nest add with a root module that has', () => {
  it.each(Object.entries(UNEDITABLE))('%s leaves it to the user', (_form, [source, reason]) => {
    const project = new Project({ [APP_MODULE]: source });

    const { messages } = project.nestAdd();

    expect(project.files[APP_MODULE]).toBe(source);
    expect(messages).toContain(`${APP_MODULE} was not changed because ${reason}`);
  });
});

it('leaves a JavaScript module to the user, because the lines have types', () => {
  const path = 'src/app.module.js';
  const project = new Project({ [path]: README_BEFORE });
  const { messages } = project.nestAdd({ module: path });
  expect(project.files[path]).toBe(README_BEFORE);
  expect(messages).toContain(`${path} was not changed because it is not a TypeScript file`);
});

it('leaves a root module to the user if it is not in UTF-8', () => {
  const before = Buffer.from(`// caf\xe9\n${README_BEFORE}`, 'latin1');
  const project = new Project({ [APP_MODULE]: before });
  const { messages } = project.nestAdd();
  expect(project.read(APP_MODULE)).toEqual(before);
  expect(messages).toContain('was not changed because it is not encoded in UTF-8');
});

it('shows the lines of the README if nest add finds no root module, and adds all else', async () => {
  const project = new Project({});

  const { messages } = project.nestAdd({ way: 'emulator' });

  expect(messages).toContain(`${APP_MODULE} was not changed because it does not exist.`);
  expect(messages).toContain('use --module <file>');
  const readme = path.join(ROOT, 'test/guides/readme/emulator.app.module.ts');
  for (const line of (await readFile(readme, 'utf8')).split('\n')) {
    if (!/^\/\/|[cC]alendarController|@nestjs\/common|AppModule/.test(line)) {
      expect(messages).toContain(line);
    }
  }
  expect(Object.keys(project.files)).toEqual(['package.json', '.env.example']);
  expect(project.files['package.json']).toContain('@nestjs/config');
});
