import { InvalidConnectorError } from '../errors/connection.errors.js';
import type { Connector, ConnectorRef } from '../interfaces/connector.interface.js';
import { copyOwnProperties } from './own-properties.js';
import { IDENTIFIER_RULE, isWellFormedIdentifier } from './well-formed.js';

/**
 * Parses the reference to a connector. Only its result may be used in URLs and keys.
 *
 * @throws {@link InvalidConnectorError}
 * @internal
 */
export function parseConnectorRef(ref: ConnectorRef): Connector {
  if (typeof ref !== 'object' || (ref as object | null) === null) {
    return { kind: 'integrationType', id: parseIntegrationType(ref) };
  }
  // Own properties only, so that a polluted `Object.prototype` chooses no other connector.
  const own = copyOwnProperties(ref);
  return 'appUserConnector' in own
    ? { kind: 'appUserConnector', id: parseConnectorId(own.appUserConnector) }
    : { kind: 'workspaceConnector', id: parseConnectorId(own.workspaceConnector) };
}

/** @internal */
export function parseIntegrationType(value: unknown): string {
  return parseIdentifier(value, 'Integration type');
}

/** @internal */
export function parseConnectorId(value: unknown): string {
  return parseIdentifier(value, 'Connector ID');
}

function parseIdentifier(value: unknown, label: string): string {
  if (typeof value !== 'string' || value === '') {
    throw new InvalidConnectorError(`${label} is required and must be a string`);
  }
  if (!isWellFormedIdentifier(value)) {
    throw new InvalidConnectorError(`${label} must be ${IDENTIFIER_RULE}`);
  }
  return value;
}
