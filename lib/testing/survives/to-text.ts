import { inspect } from 'node:util';

const EVERYTHING = { depth: 10, maxArrayLength: null, maxStringLength: null } as const;

/** Returns a string as it is, and another value as its inspection and its JSON, because each may hide a token. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  return `${inspect(value, EVERYTHING)}${toJson(value)}`;
}

function toJson(value: unknown): string {
  try {
    return `\n${JSON.stringify(value)}`;
  } catch {
    return '';
  }
}
