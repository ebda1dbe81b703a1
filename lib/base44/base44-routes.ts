import type { Connector } from '../interfaces/connector.interface.js';
import type { Identity } from '../interfaces/identity.interface.js';

/** The server and the app that a URL belongs to. */
type App = Pick<Identity, 'serverUrl' | 'appId'>;

/**
 * Returns the URL of the token route of a connector.
 *
 * @internal
 */
export function getConnectionUrl(app: App, { kind, id }: Connector): string {
  switch (kind) {
    case 'integrationType':
      return `${getAppUrl(app)}/external-auth/tokens/${id}`;
    case 'workspaceConnector':
      return `${getAppUrl(app)}/external-auth/tokens/connectors/${id}`;
    case 'appUserConnector':
      return `${getAppUserUrl(app, id)}/token`;
  }
}

/**
 * Returns the URL of an app user's connection.
 *
 * @internal
 */
export function getAppUserUrl(app: App, connectorId: string): string {
  return `${getAppUrl(app)}/app-user-auth/connectors/${connectorId}`;
}

/**
 * Returns the URL of the proxy for a metered connector.
 *
 * @internal
 */
export function getCallApiUrl(app: App, integrationType: string): string {
  return `${getAppUrl(app)}/connectors/${integrationType}/call`;
}

function getAppUrl({ serverUrl, appId }: App): string {
  return `${serverUrl}/api/apps/${appId}`;
}
