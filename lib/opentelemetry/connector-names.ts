import { CONNECTORS } from '../connectors.catalogue.js';

/** The number of names outside of the catalogue. */
const MAX_NAMES = 100;

const OTHER = '_OTHER';

const names = new Set<string>();

/**
 * Returns a connector's name for metrics and for names of spans, or `_OTHER`. The number of names is
 * limited to the catalogue and the first 100 others, because applications may choose connectors at run time.
 *
 * @internal
 */
export function limitName(connector: string): string {
  if (Object.hasOwn(CONNECTORS, connector) || names.has(connector)) return connector;
  if (names.size >= MAX_NAMES) return OTHER;
  names.add(connector);
  return connector;
}
