import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const ROOT = path.resolve(import.meta.dirname, '../..');
const APP = path.join(ROOT, 'test/types/app');
const inLib = (file: string) => path.join(ROOT, 'lib', file);

/** The compiler options of strict applications. */
const OPTIONS: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2023,
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  isolatedModules: true,
  verbatimModuleSyntax: true,
  skipLibCheck: false,
  noEmit: true,
  // Applications import the package by its name, which resolves to the source here.
  paths: {
    'nestjs-base44-connectors': [inLib('index.ts')],
    'nestjs-base44-connectors/base44-types': [inLib('base44-types.ts')],
    'nestjs-base44-connectors/testing': [inLib('testing/index.ts')],
  },
};

/** The registries that the library declares for applications. */
const REGISTRIES = [inLib('base44-types.ts'), inLib('interfaces/connector.interface.ts')];

/** The sources of an application by name. */
export type Application = Readonly<Record<string, string>>;

/** The output of `base44 types generate` of the npm package `base44` 0.1.18, for an app with two connectors. */
export const GENERATED_BY_CLI = readFileSync(
  path.join(import.meta.dirname, 'fixtures/base44-cli-0.1.18.d.ts.txt'),
  'utf8',
);

let sources = new Map<string, string>();

const readFile = (file: string) => sources.get(file) ?? ts.sys.readFile(file);

/** Shared by all applications, so that it reads common files once. */
const service = ts.createLanguageService({
  getCompilationSettings: () => OPTIONS,
  getCurrentDirectory: () => ROOT,
  getDefaultLibFileName: ts.getDefaultLibFilePath.bind(ts),
  getScriptFileNames: () => [...sources.keys()],
  getScriptVersion: (file) => sources.get(file) ?? '',
  getScriptSnapshot: (file) => {
    const text = readFile(file);
    return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
  },
  fileExists: (file) => sources.has(file) || ts.sys.fileExists(file),
  readFile,
  directoryExists: (directory) => ts.sys.directoryExists(directory),
  realpath: (file) => ts.sys.realpath?.(file) ?? file,
});

function open(application: Application): void {
  sources = new Map(
    Object.entries(application).map(([name, text]) => [path.join(APP, name), text]),
  );
}

const isMarked = (line: string) => line.endsWith('// error');

/**
 * Returns the lines that do not compile, of an application and of its registries. Lines with `// error` are
 * as in {@link findMarked}. The others come with their error.
 */
export function findErrors(application: Application): string[] {
  open(application);
  const program = service.getProgram();
  const filled = REGISTRIES.filter((file) => program?.getSourceFile(file));
  const diagnostics = [...sources.keys(), ...filled].flatMap((file) => [
    ...service.getSyntacticDiagnostics(file),
    ...service.getSemanticDiagnostics(file),
  ]);
  return [...new Set(diagnostics.map(describeError))];
}

function describeError({ file, start, messageText }: ts.Diagnostic): string {
  const message = ts.flattenDiagnosticMessageText(messageText, ' ');
  if (!file || start === undefined) return message;
  const { line } = file.getLineAndCharacterOfPosition(start);
  const text = file.text.split('\n')[line]!.trim();
  return isMarked(text) ? text : `${path.basename(file.fileName)}: ${text}: ${message}`;
}

/** Returns the lines of an application that must not compile. */
export const findMarked = (application: Application): string[] =>
  Object.values(application)
    .flatMap((text) => text.split('\n'))
    .map((line) => line.trim())
    .filter(isMarked);

/** Returns the completions of an editor at each `|` of `main.ts`, in alphabetical order. */
export function getCompletions(
  application: Application & { readonly 'main.ts': string },
): string[][] {
  const pieces = application['main.ts'].split('|');
  open({ ...application, 'main.ts': pieces.join('') });
  const positions = pieces.slice(1).map((_, index) => pieces.slice(0, index + 1).join('').length);
  return positions.map((position) => {
    const offered = service.getCompletionsAtPosition(path.join(APP, 'main.ts'), position, {});
    return (offered?.entries ?? []).map(({ name }) => name).sort();
  });
}
