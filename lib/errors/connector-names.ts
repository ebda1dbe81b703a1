import { CONNECTORS, type ConnectorDescription } from '../connectors.catalogue.js';
import { isSimilar } from './similar-name.js';

/** The names of providers that have a connector for each service. */
const FAMILIES: ReadonlyMap<string, readonly string[]> = new Map([
  ['google', ['googlecalendar', 'gmail', 'googledrive']],
  ['microsoft', ['outlook', 'microsoft_teams', 'one_drive']],
]);

/** Other names of providers, without separators. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['gcal', 'googlecalendar'],
  ['gcalendar', 'googlecalendar'],
  ['gdrive', 'googledrive'],
  ['gsheets', 'googlesheets'],
  ['twitter', 'x'],
]);

const MAX_SUGGESTIONS = 3;

/**
 * Returns the description of an integration type in the catalogue.
 *
 * @internal
 */
export function findDescription(name: string): ConnectorDescription | undefined {
  return Object.hasOwn(CONNECTORS, name) ? CONNECTORS[name as keyof typeof CONNECTORS] : undefined;
}

/**
 * Returns a sentence with the remedy for a name that the catalogue does not contain.
 *
 * Base44 may have connectors that the catalogue lacks, so unknown names are not rejected.
 *
 * @returns `undefined` for a name in the catalogue
 * @internal
 */
export function describeUnknownConnector(name: string): string | undefined {
  if (findDescription(name) !== undefined) return undefined;
  return (
    suggestConnector(name) ??
    'Check its spelling. If Base44 has this connector, connect it under Integrations in the Base44 editor.'
  );
}

/**
 * Returns a sentence that names the connectors which a name may mean.
 *
 * @returns `undefined` for a name in the catalogue, and for a name that resembles no known name
 * @internal
 */
export function suggestConnector(name: string): string | undefined {
  if (findDescription(name) !== undefined) return undefined;
  const plain = toPlainName(name);
  if (plain === 'stripe') {
    return 'Base44 serves Stripe through its own integration, and not through a connector.';
  }
  const services = FAMILIES.get(plain);
  if (services !== undefined) {
    return `There is no connector '${name}': each service has its own, such as ${list(services)}.`;
  }
  const similar = findSimilarConnectors(plain);
  return similar.length === 0 ? undefined : `Did you mean ${list(similar)}?`;
}

/** Returns the names of the catalogue that resemble a name, which may lack separators, be a part or be misspelt. */
function findSimilarConnectors(plain: string): string[] {
  const alias = ALIASES.get(plain);
  if (alias !== undefined) return [alias];
  const names = Object.keys(CONNECTORS);
  const tests = [
    (known: string) => known === plain,
    (known: string) => plain.length >= 4 && known.includes(plain),
    (known: string) => isSimilar(plain, known),
  ];
  const matches = tests.map((test) => names.filter((name) => test(toPlainName(name))));
  return (matches.find(({ length }) => length > 0) ?? []).slice(0, MAX_SUGGESTIONS);
}

function toPlainName(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, '');
}

function list(names: readonly string[]): string {
  const quoted = names.map((name) => `'${name}'`);
  const last = quoted.pop() ?? '';
  return quoted.length === 0 ? last : `${quoted.join(', ')} or ${last}`;
}
