import type { ErrorCodes } from '../connectors.catalogue.js';

/**
 * Parses the text of a body.
 *
 * @returns `undefined` when the text is not JSON
 * @internal
 */
export function parseJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * Returns the values at a path of a parsed body.
 *
 * @param path - the names of fields, separated by dots; `*` stands for every item of an array or every
 * field of an object
 * @internal
 */
export function getValues(body: unknown, path: string): unknown[] {
  return path
    .split('.')
    .reduce<unknown[]>((values, name) => values.flatMap((value) => getField(value, name)), [body]);
}

/**
 * Returns whether a parsed body has one of the error codes.
 *
 * @internal
 */
export function hasErrorCode(
  body: unknown,
  { path, codes = [], prefixes = [], successField }: ErrorCodes,
): boolean {
  if (successField !== undefined && getValues(body, successField)[0] === true) return false;
  return getValues(body, path).some(
    (value) =>
      codes.includes(value as string | number) ||
      (typeof value === 'string' && prefixes.some((prefix) => value.startsWith(prefix))),
  );
}

function getField(value: unknown, name: string): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if (name === '*') return Object.values(value);
  return Object.hasOwn(value, name) ? [(value as Record<string, unknown>)[name]] : [];
}
