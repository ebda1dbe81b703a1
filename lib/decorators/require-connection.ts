import type { ConnectorsService } from '../connectors.service.js';
import { isConnectorsError } from '../errors/connectors.error.js';
import type { ConnectorRef } from '../interfaces/connector.interface.js';

/**
 * Requires a connection. A metered connector needs none, because `fetch` can call it without a token.
 *
 * @throws `ConnectorNotConnectedError` when the connector is not connected
 * @internal
 */
export async function requireConnection(
  connectors: ConnectorsService,
  ref: ConnectorRef,
): Promise<void> {
  try {
    await connectors.getConnection(ref);
  } catch (error) {
    if (!isConnectorsError(error) || error.code !== 'CONNECTOR_METERED') throw error;
  }
}
