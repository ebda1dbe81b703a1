import { ConnectorNotConnectedError } from '../errors/connection.errors.js';
import type { ServiceRoleConnectors } from '../interfaces/base44-client.interface.js';
import type {
  ConnectorApiRequest,
  ConnectorApiResponse,
} from '../interfaces/connector-api.interface.js';
import type { ConnectorConnection } from '../interfaces/connector-connection.interface.js';

type FixedConnection = string | ConnectorConnection;

/**
 * @publicApi
 */
export interface FixedConnectionsOptions {
  /** Access tokens, or whole connections, by integration type. */
  readonly tokens?: Readonly<Record<string, FixedConnection>>;
  /** The same by the id of a workspace connector. */
  readonly workspaceTokens?: Readonly<Record<string, FixedConnection>>;
  /** The same by the id of an app-user connector, for every user whose token arrives. */
  readonly appUserTokens?: Readonly<Record<string, FixedConnection>>;
  /** Answers metered calls. Left out: no connector is metered. */
  readonly callApi?: (
    integrationType: string,
    request: ConnectorApiRequest,
  ) => ConnectorApiResponse | Promise<ConnectorApiResponse>;
}

/**
 * Stands in for the connectors of an `@base44/sdk` client.
 *
 * @internal
 */
export class FixedConnections implements ServiceRoleConnectors {
  readonly isMultiUser = true;
  readonly #options: FixedConnectionsOptions;

  constructor(options: FixedConnectionsOptions) {
    this.#options = options;
  }

  async getConnection(integrationType: string): Promise<ConnectorConnection> {
    return connectionFrom(this.#options.tokens, integrationType);
  }

  async getWorkspaceConnection(connectorId: string): Promise<ConnectorConnection> {
    return connectionFrom(this.#options.workspaceTokens, connectorId);
  }

  async getCurrentAppUserConnection(connectorId: string): Promise<ConnectorConnection> {
    return connectionFrom(this.#options.appUserTokens, connectorId, true);
  }

  async callApi(
    integrationType: string,
    request: ConnectorApiRequest,
  ): Promise<ConnectorApiResponse> {
    const { callApi } = this.#options;
    if (callApi === undefined) throw notConnected(integrationType);
    return callApi(integrationType, request);
  }
}

function connectionFrom(
  connections: Readonly<Record<string, FixedConnection>> = {},
  connector: string,
  isOfAppUser = false,
): ConnectorConnection {
  const connection = Object.hasOwn(connections, connector) ? connections[connector] : undefined;
  if (connection === undefined) throw notConnected(connector, isOfAppUser);
  return typeof connection === 'string'
    ? { accessToken: connection, connectionConfig: null }
    : connection;
}

function notConnected(connector: string, isOfAppUser = false): ConnectorNotConnectedError {
  return new ConnectorNotConnectedError({ appId: 'testing', connector, isOfAppUser });
}
