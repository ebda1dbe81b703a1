import { detectLineEnding } from './text-edits.js';
import type { VariableGroup } from './ways.js';

/** Returns the text of `.env.example` with the variables that it lacks. */
export function addVariables(text: string, groups: readonly VariableGroup[]): string {
  const eol = detectLineEnding(text);
  const missing = groups.flatMap(({ comment, lines }) => {
    const absent = lines.filter((line) => !hasVariable(text, line));
    return absent.length === 0 ? [] : [`# ${comment}`, ...absent];
  });
  if (missing.length === 0) return text;
  const start = text === '' || text.endsWith('\n') ? text : text + eol;
  return start + missing.map((line) => line + eol).join('');
}

/** A variable in a comment counts, because its author has decided against it. */
function hasVariable(text: string, line: string): boolean {
  const [name = ''] = line.split('=');
  return new RegExp(`^\\s*(?:#\\s*)?(?:export\\s+)?${name}\\s*=`, 'm').test(text);
}
