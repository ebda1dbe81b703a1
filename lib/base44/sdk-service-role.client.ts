import { ConnectorsConfigurationError } from '../errors/connectors-configuration.error.js';
import { isConnectorsError } from '../errors/connectors.error.js';
import type { ErrorContext } from '../errors/error-context.interface.js';
import type { Base44Client, ServiceRoleConnectors } from '../interfaces/base44-client.interface.js';
import type {
  ConnectorApiRequest,
  ConnectorApiResponse,
} from '../interfaces/connector-api.interface.js';
import type { FetchedConnection } from '../interfaces/connector-connection.interface.js';
import type { Connector } from '../interfaces/connector.interface.js';
import type { Identity } from '../interfaces/identity.interface.js';
import type { RefusalCache } from '../resilience/refusal.cache.js';
import { parseObject, toConnection } from './connection.parser.js';
import { parseApiResponse } from './connector-api-response.parser.js';
import { mapSdkError } from './sdk-error.mapper.js';
import { ServiceRoleClient, type InitiatedConnection } from './service-role.client.js';

interface ClientCall extends Pick<ErrorContext, 'connector' | 'kind' | 'operation'> {
  readonly identity: Identity;
  readonly signal: AbortSignal;
}

/**
 * Uses the application's own client: one of `@base44/sdk`, or an object with the same methods.
 *
 * @internal
 */
export class SdkServiceRoleClient extends ServiceRoleClient {
  readonly #client: Base44Client;
  readonly #refusals: RefusalCache;
  readonly #appId: string;

  constructor(client: Base44Client, refusals: RefusalCache, appId: string) {
    super();
    this.#client = client;
    this.#refusals = refusals;
    this.#appId = appId;
  }

  async fetchConnection(
    connector: Connector,
    identity: Identity,
    signal: AbortSignal,
  ): Promise<FetchedConnection> {
    const call = { connector: connector.id, kind: connector.kind, identity, signal };
    const response = await this.#run(call, (connectors) =>
      fetchFrom(connectors, connector, identity),
    );
    const { accessToken, connectionConfig } = parseObject(response, connector.id);
    return toConnection(accessToken, connectionConfig, connector.id);
  }

  async callApi(
    integrationType: string,
    request: ConnectorApiRequest,
    identity: Identity,
    signal: AbortSignal,
  ): Promise<ConnectorApiResponse> {
    const call: ClientCall = { connector: integrationType, operation: 'callApi', identity, signal };
    const response = await this.#run(call, (connectors) =>
      getMethod(connectors, 'callApi')(integrationType, request),
    );
    return parseApiResponse(toWireFormat(parseObject(response, integrationType)), integrationType);
  }

  async connectAppUser(): Promise<InitiatedConnection> {
    throw createSingleUserError();
  }

  async disconnectAppUser(): Promise<void> {
    throw createSingleUserError();
  }

  #run(
    { identity, signal, ...call }: ClientCall,
    work: (connectors: ServiceRoleConnectors) => Promise<unknown>,
  ): Promise<unknown> {
    const context = { appId: this.#appId, ...call };
    const send = async (): Promise<unknown> => {
      try {
        return await work(getConnectors(this.#client));
      } catch (failure) {
        throw isConnectorsError(failure) ? failure : mapSdkError(failure, context);
      }
    };
    // The client has one service role.
    const { userToken } = identity;
    return this.#refusals.execute({ serviceRole: [], userToken, context, signal, send });
  }
}

function getConnectors(client: Base44Client): ServiceRoleConnectors {
  return 'asServiceRole' in client ? client.asServiceRole.connectors : client;
}

type MethodName = Exclude<keyof ServiceRoleConnectors, 'isMultiUser'>;

function getMethod<K extends MethodName>(
  connectors: ServiceRoleConnectors,
  name: K,
): NonNullable<ServiceRoleConnectors[K]> {
  const method = connectors[name];
  if (method === undefined) {
    throw new ConnectorsConfigurationError(
      `The client in the options of ConnectorsModule has no ${name}(). Use a newer version of @base44/sdk.`,
    );
  }
  return method.bind(connectors) as NonNullable<ServiceRoleConnectors[K]>;
}

function fetchFrom(
  connectors: ServiceRoleConnectors,
  { kind, id }: Connector,
  { userToken }: Identity,
): Promise<unknown> {
  switch (kind) {
    case 'integrationType':
      return fetchIntegrationType(connectors, id);
    case 'workspaceConnector':
      return getMethod(connectors, 'getWorkspaceConnection')(id);
    case 'appUserConnector':
      if (connectors.isMultiUser !== true) throw createSingleUserError();
      return getMethod(connectors, 'getCurrentAppUserConnection')(id, userToken?.reveal() ?? '');
  }
}

async function fetchIntegrationType(
  connectors: ServiceRoleConnectors,
  integrationType: string,
): Promise<unknown> {
  if (connectors.getConnection !== undefined) return connectors.getConnection(integrationType);
  const response = await getMethod(connectors, 'getAccessToken')(integrationType);
  // The SDK returns the token itself, although its documentation shows the response of the API.
  if (typeof response === 'string') return { accessToken: response };
  const { access_token, connection_config } = parseObject(response, integrationType);
  return { accessToken: access_token, connectionConfig: connection_config };
}

function createSingleUserError(): ConnectorsConfigurationError {
  return new ConnectorsConfigurationError(
    'The client in the options of ConnectorsModule acts for one fixed user, so it cannot act ' +
      "for the app's users. Configure serviceToken in place of client.",
  );
}

function toWireFormat(response: Record<string, unknown>): Record<string, unknown> {
  const { status, dataBase64, contentType, creditsCharged, ...rest } = response;
  return {
    ...rest,
    status_code: status,
    data_base64: dataBase64,
    content_type: contentType,
    credits_charged: creditsCharged,
  };
}
