import { createRequire } from 'node:module';
import { join } from 'node:path';
import type ts from 'typescript';
import { UneditableFileError } from './uneditable-file.error.js';

export type TypeScript = typeof ts;

/**
 * Loads TypeScript, to parse the application.
 *
 * The TypeScript of the Nest CLI comes first, because that of the application may be TypeScript 7, which
 * has no `createSourceFile`.
 *
 * @throws `UneditableFileError` when there is none that can parse
 */
export function loadTypeScript(): TypeScript {
  const application = join(process.cwd(), 'package.json');
  // A global Nest CLI is not found from the application.
  const starts = [application, process.argv[1] ?? application];
  const files = [...starts.map(resolveNestCli), ...starts];
  for (const file of files) {
    const loaded = loadFrom(file);
    if (loaded) return loaded;
  }
  throw new UneditableFileError('neither the Nest CLI nor TypeScript 5 or 6 is installed');
}

function resolveNestCli(start: string): string | undefined {
  try {
    return createRequire(start).resolve('@nestjs/cli/package.json');
  } catch {
    return undefined;
  }
}

function loadFrom(file: string | undefined): TypeScript | undefined {
  if (file === undefined) return undefined;
  try {
    const loaded = createRequire(file)('typescript') as TypeScript;
    return 'createSourceFile' in loaded ? loaded : undefined;
  } catch {
    return undefined;
  }
}
