import type { Connector } from '../interfaces/connector.interface.js';

/** The routes of Base44's API, as `@base44/sdk` calls them, below `{serverUrl}/api`. */

/** @internal */
export function connectionPath(appId: string, { kind, id }: Connector): string {
  const tokens = `/apps/${appId}/external-auth/tokens`;
  return kind === 'workspaceConnector' ? `${tokens}/connectors/${id}` : `${tokens}/${id}`;
}

/** @internal */
export function callApiPath(appId: string, integrationType: string): string {
  return `/apps/${appId}/connectors/${integrationType}/call`;
}
