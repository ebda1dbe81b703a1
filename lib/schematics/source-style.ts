import { detectLineEnding } from './text-edits.js';

/** The style of a source file, which new lines follow. */
export interface SourceStyle {
  readonly eol: string;
  readonly quote: string;
  readonly semicolon: string;
  /** One level of indentation. */
  readonly indent: string;
}

/** The style of the README, in which this package keeps its code. */
export const README_STYLE: SourceStyle = { eol: '\n', quote: "'", semicolon: ';', indent: '  ' };

/**
 * Returns the style of a file.
 *
 * @param importDeclaration - an import declaration of the file
 */
export function detectStyle(source: string, importDeclaration: string): SourceStyle {
  const [, indent = README_STYLE.indent] = /^(\t| {2,})[^\s*]/m.exec(source) ?? [];
  return {
    eol: detectLineEnding(source),
    quote: importDeclaration.includes('"') ? '"' : "'",
    semicolon: importDeclaration.endsWith(';') ? ';' : '',
    indent,
  };
}

/** Writes code in another style. The code has the style of the README, and no quotes within strings. */
export function toStyle(code: string, style: SourceStyle, baseIndent: string): string {
  return code
    .replaceAll(README_STYLE.quote, style.quote)
    .split('\n')
    .map((line) => baseIndent + line.replace(/^ +/, (spaces) => reindent(spaces, style)))
    .join(style.eol);
}

/** Indents each line of code by one level, in the style of the README. */
export function indentLines(code: string): string {
  return code.replace(/^/gm, README_STYLE.indent);
}

function reindent(spaces: string, { indent }: SourceStyle): string {
  return indent.repeat(spaces.length / README_STYLE.indent.length);
}

/** Returns the white space at the start of the line of a position. */
export function getIndent(source: string, position: number): string {
  const start = source.lastIndexOf('\n', position - 1) + 1;
  return /^[ \t]*/.exec(source.slice(start, position))?.[0] ?? '';
}
