import { BracketedList } from './bracketed-list.js';
import { ImportDeclarations } from './import-declarations.js';
import { findMetadata, type ModuleMetadata } from './root-module.js';
import { detectStyle, getIndent, indentLines, type SourceStyle, toStyle } from './source-style.js';
import { applyEdits, type TextEdit } from './text-edits.js';
import type { TypeScript } from './typescript.loader.js';
import { UneditableFileError } from './uneditable-file.error.js';
import { getElements, getImports, type Way } from './ways.js';

/**
 * Registers `ConnectorsModule` in the source of a root module. The new lines have the style of the source.
 *
 * @returns the new source, or `undefined` when the module is already registered
 * @throws `UneditableFileError` when an edit could break the source
 */
export function registerConnectors(ts: TypeScript, source: string, way: Way): string | undefined {
  assertSyntax(ts, source);
  const file = ts.createSourceFile('app.module.ts', source, ts.ScriptTarget.ESNext, true);
  const declarations = new ImportDeclarations(ts, file);
  if (declarations.uses('nestjs-base44-connectors', 'ConnectorsModule')) return undefined;
  const metadata = findMetadata(ts, file, declarations);
  const style = detectStyle(source, declarations.first);
  const hasConfig = declarations.uses('@nestjs/config', 'ConfigModule');
  return applyEdits(source, [
    ...getImports(way).flatMap((wanted) => declarations.add(wanted, style)),
    ...addToImports(source, style, metadata, getElements(way, hasConfig)),
  ]);
}

/** TypeScript also parses a file with syntax errors, but not as its author means it. */
function assertSyntax(ts: TypeScript, source: string): void {
  const compilerOptions = { experimentalDecorators: true };
  const { diagnostics } = ts.transpileModule(source, { compilerOptions, reportDiagnostics: true });
  if (diagnostics?.length) throw new UneditableFileError('it has a syntax error');
}

function addToImports(
  source: string,
  style: SourceStyle,
  { object, imports }: ModuleMetadata,
  elements: string,
): TextEdit[] {
  const baseIndent = getIndent(source, object.getStart());
  const metadata = new BracketedList(source, style, object, object.properties, baseIndent);
  if (!imports) {
    const property = `imports: [\n${indentLines(elements)},\n]`;
    return metadata.prepend(toStyle(property, style, metadata.itemIndent));
  }
  const list = new BracketedList(source, style, imports, imports.elements, metadata.itemIndent);
  return [...metadata.split(), ...list.append(toStyle(elements, style, list.itemIndent))];
}
