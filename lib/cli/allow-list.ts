import { parseConnectorId, parseIntegrationType } from '../common/connector-ref.parser.js';
import { isWellFormedIdentifier } from '../common/well-formed.js';
import { InvalidConnectorError } from '../errors/connection.errors.js';
import type { Connector } from '../interfaces/connector.interface.js';

export function isConnectorName(name: string): boolean {
  return isWellFormedIdentifier(name.replace(/^(workspaceConnector|appUserConnector):/, ''));
}

/**
 * Parses the name of a connector that the service role can use without a user.
 *
 * @throws {@link InvalidConnectorError}
 */
export function parseSharedConnector(name: string): Connector {
  const [kind, id] = name.split(':');
  if (kind === 'appUserConnector') {
    throw new InvalidConnectorError(
      "This command cannot check an app user's connection because it has no user token",
    );
  }
  return kind === 'workspaceConnector'
    ? { kind, id: parseConnectorId(id) }
    : { kind: 'integrationType', id: parseIntegrationType(name) };
}

/** Returns the reason why {@link parseSharedConnector} rejects a name, or `undefined`. */
export function describeConnectorProblem(name: string): string | undefined {
  try {
    parseSharedConnector(name);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
