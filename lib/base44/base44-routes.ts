import type { Connector } from '../interfaces/connector.interface.js';

/** The routes of Base44's API, as `@base44/sdk` calls them, below `{serverUrl}/api`. */

/** @internal */
export function connectionPath(appId: string, { kind, id }: Connector): string {
  switch (kind) {
    case 'integrationType':
      return `/apps/${appId}/external-auth/tokens/${id}`;
    case 'workspaceConnector':
      return `/apps/${appId}/external-auth/tokens/connectors/${id}`;
    case 'appUserConnector':
      return `${appUserPath(appId, id)}/token`;
  }
}

/** @internal */
export function appUserPath(appId: string, connectorId: string): string {
  return `/apps/${appId}/app-user-auth/connectors/${connectorId}`;
}

/** @internal */
export function callApiPath(appId: string, integrationType: string): string {
  return `/apps/${appId}/connectors/${integrationType}/call`;
}
