import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import * as plugin from '@nestjs/swagger/plugin';
import ts from 'typescript';
import { closeAfterTest } from '../support/close-after-test.js';
import { ROOT } from '../support/compile.js';

/** Compiles a file as `nest build` does with the plugin of @nestjs/swagger, and loads it. */
export async function loadWithPlugin<T>(file: string): Promise<T> {
  const outDir = await mkdtemp(path.join(ROOT, 'artifacts/plugin-'));
  closeAfterTest(() => rm(outDir, { recursive: true, force: true }));
  const source = path.join(import.meta.dirname, file);
  const program = ts.createProgram([source], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    skipLibCheck: true,
    rootDir: ROOT,
    outDir,
  });
  const before = plugin.before({ esmCompatible: true, introspectComments: true }, program);
  program.emit(program.getSourceFile(source), undefined, undefined, false, { before: [before] });
  const compiled = path.join(outDir, path.relative(ROOT, source).replace(/\.ts$/, '.js'));
  return (await import(compiled)) as T;
}
