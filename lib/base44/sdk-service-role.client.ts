import { UnexpectedResponseError } from '../errors/base44.errors.js';
import type { ErrorContext } from '../errors/error-context.interface.js';
import { ConnectorsConfigurationError } from '../errors/connectors-configuration.error.js';
import { type ConnectorsError, isConnectorsError } from '../errors/connectors.error.js';
import { mapResponseError, mapRequestError } from './upstream-error.mapper.js';
import type { Base44Client, ServiceRoleConnectors } from '../interfaces/base44-client.interface.js';
import type {
  ConnectorApiRequest,
  ConnectorApiResponse,
} from '../interfaces/connector-api.interface.js';
import type { FetchedConnection } from '../interfaces/connector-connection.interface.js';
import type { Connector } from '../interfaces/connector.interface.js';
import type { Identity } from '../interfaces/identity.interface.js';
import { toConnection, parseObject } from './connection.parser.js';
import { parseApiResponse } from './connector-api-response.parser.js';
import { ServiceRoleClient, type InitiatedConnection } from './service-role.client.js';

/**
 * Asks a client that the application brought: one of `@base44/sdk`, or one like it.
 * Its errors carry credentials, so they are read and dropped.
 *
 * @internal
 */
export class SdkServiceRoleClient extends ServiceRoleClient {
  readonly #client: Base44Client;
  readonly #appId: string;

  constructor(client: Base44Client, appId: string) {
    super();
    this.#client = client;
    this.#appId = appId;
  }

  async fetchConnection(connector: Connector, identity: Identity): Promise<FetchedConnection> {
    const answer = await this.#ask(connector.id, (connectors) =>
      askForConnection(connectors, connector, identity),
    );
    const { accessToken, connectionConfig } = parseObject(answer, connector.id);
    return toConnection(accessToken, connectionConfig, connector.id);
  }

  async callApi(
    integrationType: string,
    request: ConnectorApiRequest,
  ): Promise<ConnectorApiResponse> {
    const answer = await this.#ask(integrationType, (connectors) =>
      method(connectors, 'callApi')(integrationType, request),
    );
    return parseApiResponse(wireNamesOf(parseObject(answer, integrationType)), integrationType);
  }

  async connectAppUser(): Promise<InitiatedConnection> {
    throw actsForOneUser();
  }

  async disconnectAppUser(): Promise<void> {
    throw actsForOneUser();
  }

  async #ask(
    connector: string,
    work: (connectors: ServiceRoleConnectors) => Promise<unknown>,
  ): Promise<unknown> {
    try {
      return await work(connectorsOf(this.#client));
    } catch (failure) {
      throw isConnectorsError(failure)
        ? failure
        : mapSdkError(failure, { appId: this.#appId, connector });
    }
  }
}

function connectorsOf(client: Base44Client): ServiceRoleConnectors {
  return 'asServiceRole' in client ? client.asServiceRole.connectors : client;
}

type Method = Exclude<keyof ServiceRoleConnectors, 'isMultiUser'>;

function method<K extends Method>(
  connectors: ServiceRoleConnectors,
  name: K,
): NonNullable<ServiceRoleConnectors[K]> {
  const found = connectors[name];
  if (found === undefined) {
    throw new ConnectorsConfigurationError(
      `The client given to ConnectorsModule has no ${name}(). Use a newer version of @base44/sdk.`,
    );
  }
  return found.bind(connectors) as NonNullable<ServiceRoleConnectors[K]>;
}

function askForConnection(
  connectors: ServiceRoleConnectors,
  { kind, id }: Connector,
  { userToken }: Identity,
): Promise<unknown> {
  switch (kind) {
    case 'integrationType':
      return askForIntegrationType(connectors, id);
    case 'workspaceConnector':
      return method(connectors, 'getWorkspaceConnection')(id);
    case 'appUserConnector':
      if (connectors.isMultiUser !== true) throw actsForOneUser();
      return method(connectors, 'getCurrentAppUserConnection')(id, userToken?.reveal() ?? '');
  }
}

function actsForOneUser(): ConnectorsConfigurationError {
  return new ConnectorsConfigurationError(
    'The client given to ConnectorsModule acts for whoever it was made for, so it cannot act ' +
      "for the app's users. Give serviceToken in place of client.",
  );
}

async function askForIntegrationType(
  connectors: ServiceRoleConnectors,
  integrationType: string,
): Promise<unknown> {
  if (connectors.getConnection !== undefined) return connectors.getConnection(integrationType);
  const answer = await method(connectors, 'getAccessToken')(integrationType);
  // The SDK returns the token itself; its documentation, the answer of the API.
  if (typeof answer === 'string') return { accessToken: answer };
  const { access_token, connection_config } = parseObject(answer, integrationType);
  return { accessToken: access_token, connectionConfig: connection_config };
}

function wireNamesOf(answer: Record<string, unknown>): Record<string, unknown> {
  const { status, dataBase64, contentType, creditsCharged, ...same } = answer;
  return {
    ...same,
    status_code: status,
    data_base64: dataBase64,
    content_type: contentType,
    credits_charged: creditsCharged,
  };
}

/** The SDK's errors: `status`, `code` and `data`, with the axios error in `originalError`. */
function mapSdkError(failure: unknown, subject: ErrorContext): ConnectorsError {
  const { status, code, data, originalError } = Object(failure) as Partial<Base44SdkError>;
  // The SDK reads the answer without looking at it; fetch fails with a TypeError, too, but with a cause.
  if (failure instanceof TypeError && failure.cause === undefined) {
    return new UnexpectedResponseError(subject, 'the client cannot read it');
  }
  // With a 2xx status it is the connection that failed, within the body.
  if (typeof status !== 'number' || (status >= 200 && status < 300)) {
    return mapRequestError(originalError ?? failure, subject);
  }
  const body = typeof data === 'string' ? data : { code };
  return mapResponseError(
    { status, headers: { ...originalError?.response?.headers }, body },
    subject,
  );
}

interface Base44SdkError {
  readonly status: unknown;
  readonly code: unknown;
  readonly data: unknown;
  readonly originalError: { readonly response?: { readonly headers?: Record<string, unknown> } };
}
