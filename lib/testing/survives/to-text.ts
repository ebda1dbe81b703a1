import { inspect } from 'node:util';

const EVERYTHING = { depth: 10, maxArrayLength: null, maxStringLength: null } as const;

/** Returns the text of a value in full. It contains the JSON too, which shows properties that an inspection hides. */
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
