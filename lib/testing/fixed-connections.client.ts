import { ConnectorNotConnectedError } from '../errors/connection.errors.js';
import type { ErrorContext } from '../errors/error-context.interface.js';
import type { ServiceRoleConnectors } from '../interfaces/base44-client.interface.js';
import type {
  ConnectorApiRequest,
  ConnectorApiResponse,
} from '../interfaces/connector-api.interface.js';
import type { ConnectorConnection } from '../interfaces/connector-connection.interface.js';
import type { Connector } from '../interfaces/connector.interface.js';

type FixedConnections = Readonly<Record<string, string | ConnectorConnection>>;

/**
 * The connections that `ConnectorsTestingModule` provides. A connector that is not listed is not connected.
 *
 * @publicApi
 */
export interface FixedConnectionsOptions {
  /** Access tokens, or whole connections, by integration type. */
  readonly tokens?: FixedConnections;
  /** Access tokens, or whole connections, by the id of a workspace connector. */
  readonly workspaceTokens?: FixedConnections;
  /** Access tokens, or whole connections, by the id of an app-user connector. All signed-in users share them. */
  readonly appUserTokens?: FixedConnections;
  /** Responds to metered calls. Without it, metered calls reject with `ConnectorNotConnectedError`. */
  readonly callApi?: (
    integrationType: string,
    request: ConnectorApiRequest,
  ) => ConnectorApiResponse | Promise<ConnectorApiResponse>;
}

/**
 * Provides fixed connections in place of an `@base44/sdk` client.
 *
 * @internal
 */
export class FixedConnectionsClient implements ServiceRoleConnectors {
  readonly isMultiUser = true;
  readonly #options: FixedConnectionsOptions;

  constructor(options: FixedConnectionsOptions) {
    this.#options = options;
  }

  async getConnection(integrationType: string): Promise<ConnectorConnection> {
    return getFixedConnection(this.#options.tokens, integrationType, 'integrationType');
  }

  async getWorkspaceConnection(connectorId: string): Promise<ConnectorConnection> {
    return getFixedConnection(this.#options.workspaceTokens, connectorId, 'workspaceConnector');
  }

  async getCurrentAppUserConnection(connectorId: string): Promise<ConnectorConnection> {
    return getFixedConnection(this.#options.appUserTokens, connectorId, 'appUserConnector');
  }

  async callApi(
    integrationType: string,
    request: ConnectorApiRequest,
  ): Promise<ConnectorApiResponse> {
    const { callApi } = this.#options;
    if (callApi === undefined) {
      throw createNotConnectedError({ connector: integrationType, operation: 'callApi' });
    }
    return callApi(integrationType, request);
  }
}

function getFixedConnection(
  connections: FixedConnections = {},
  connector: string,
  kind: Connector['kind'],
): ConnectorConnection {
  const connection = Object.hasOwn(connections, connector) ? connections[connector] : undefined;
  if (connection === undefined) throw createNotConnectedError({ connector, kind });
  return typeof connection === 'string'
    ? { accessToken: connection, connectionConfig: null }
    : connection;
}

function createNotConnectedError(context: Omit<ErrorContext, 'appId'>): ConnectorNotConnectedError {
  return new ConnectorNotConnectedError({ appId: 'testing', ...context });
}
