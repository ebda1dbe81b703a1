import { findDescription, suggestConnector } from '../errors/connector-names.js';

/**
 * Returns a sentence for each integration type that is not in the catalogue, or `undefined` if there is
 * none. The ids of other connectors are opaque.
 */
export function describeUnknownNames(names: readonly string[]): string | undefined {
  const unknown = names.filter(
    (name) => !name.includes(':') && findDescription(name) === undefined,
  );
  return unknown.length === 0 ? undefined : unknown.map(describeUnknownName).join(' ');
}

function describeUnknownName(name: string): string {
  const suggestion = suggestConnector(name);
  const fact = `'${name}' is not a connector that this version knows.`;
  return suggestion === undefined ? fact : `${fact} ${suggestion}`;
}
