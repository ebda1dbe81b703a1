/** A string, or else a comment. A string is matched first because it can contain `//`. */
const COMMENTS = /("(?:[^"\\]|\\.)*")|\/\/[^\n\r]*|\/\*[\s\S]*?\*\//g;
const TRAILING_COMMAS = /("(?:[^"\\]|\\.)*")|,(?=\s*[\]}])/g;

/**
 * Parses JSON with comments and trailing commas, as the command line of Base44 writes and reads it.
 *
 * @throws `SyntaxError`
 */
export function parseJsonc(text: string): unknown {
  const plain = text
    .replace(/^\uFEFF/, '')
    .replace(COMMENTS, (_, string: string | undefined) => string ?? ' ')
    .replace(TRAILING_COMMAS, (_, string: string | undefined) => string ?? '');
  return JSON.parse(plain) as unknown;
}
