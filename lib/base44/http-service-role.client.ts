import { AppUserRequiredError } from '../errors/connection.errors.js';
import type {
  ConnectorApiRequest,
  ConnectorApiResponse,
} from '../interfaces/connector-api.interface.js';
import type { ErrorContext } from '../errors/error-context.interface.js';
import type { FetchedConnection } from '../interfaces/connector-connection.interface.js';
import type { Connector } from '../interfaces/connector.interface.js';
import type { Identity } from '../interfaces/identity.interface.js';
import type { RefusalCache } from '../resilience/refusal.cache.js';
import { type Base44Api, MAX_API_RESPONSE_BYTES, MAX_TOKEN_RESPONSE_BYTES } from './base44-api.js';
import { createBase44Headers } from './base44-headers.js';
import { getAppUserUrl } from './base44-routes.js';
import { parseConnection, parseObject } from './connection.parser.js';
import { parseApiResponse } from './connector-api-response.parser.js';
import { parseInitiatedConnection } from './initiated-connection.parser.js';
import { requireSuccess } from './response-error.mapper.js';
import { ServiceRoleClient, type InitiatedConnection } from './service-role.client.js';

/**
 * A request for a connection, or a metered call if `request` is set.
 *
 * @internal
 */
export interface ServiceRoleOperation {
  readonly connector: Connector;
  readonly request?: ConnectorApiRequest | undefined;
  /** The size limit of the response body, in bytes. */
  readonly maxContentLength: number;
  readonly signal: AbortSignal;
}

/** An operation of a user, and its route. */
interface UserOperation {
  readonly operation: 'connectAppUser' | 'disconnectAppUser';
  readonly method: 'POST' | 'DELETE';
  readonly path: string;
}

const CONNECT: UserOperation = { operation: 'connectAppUser', method: 'POST', path: '/initiate' };
const DISCONNECT: UserOperation = { operation: 'disconnectAppUser', method: 'DELETE', path: '' };

/**
 * Implements the operations over HTTP. A subclass decides where it sends operations of the service
 * role. Operations of a user always go to Base44, with the user's own token.
 *
 * @internal
 */
export abstract class HttpServiceRoleClient extends ServiceRoleClient {
  constructor(
    protected readonly api: Base44Api,
    protected readonly refusals: RefusalCache,
  ) {
    super();
  }

  async fetchConnection(
    connector: Connector,
    identity: Identity,
    signal: AbortSignal,
  ): Promise<FetchedConnection> {
    const operation = { connector, maxContentLength: MAX_TOKEN_RESPONSE_BYTES, signal };
    return parseConnection(await this.send(operation, identity), connector.id);
  }

  async callApi(
    integrationType: string,
    request: ConnectorApiRequest,
    identity: Identity,
    signal: AbortSignal,
  ): Promise<ConnectorApiResponse> {
    const connector: Connector = { kind: 'integrationType', id: integrationType };
    const operation = { connector, request, maxContentLength: MAX_API_RESPONSE_BYTES, signal };
    return parseApiResponse(await this.send(operation, identity), integrationType);
  }

  async connectAppUser(
    connectorId: string,
    identity: Identity,
    signal: AbortSignal,
  ): Promise<InitiatedConnection> {
    const { appId, serverUrl, appUrl = serverUrl } = identity;
    const body = await this.#sendAsUser(CONNECT, connectorId, identity, signal);
    return parseInitiatedConnection(body, { appId, connector: connectorId }, [serverUrl, appUrl]);
  }

  async disconnectAppUser(
    connectorId: string,
    identity: Identity,
    signal: AbortSignal,
  ): Promise<void> {
    const body = await this.#sendAsUser(DISCONNECT, connectorId, identity, signal);
    // A web page with status 200 does not come from Base44, so it has disconnected nothing.
    parseObject(body, connectorId);
  }

  override close(): void {
    this.api.close();
  }

  /** Sends an operation as the service role and returns the body of the successful response. */
  protected abstract send(operation: ServiceRoleOperation, identity: Identity): Promise<unknown>;

  async #sendAsUser(
    { operation, method, path }: UserOperation,
    connector: string,
    identity: Identity,
    signal: AbortSignal,
  ): Promise<unknown> {
    const { appId, appUrl, userToken } = identity;
    if (userToken === undefined) throw new AppUserRequiredError({ connector });
    const isAtApp = operation === 'connectAppUser' && appUrl !== undefined;
    const context: ErrorContext = {
      appId,
      connector,
      kind: 'appUserConnector',
      operation,
      ...(isAtApp && { address: 'appUrl' }),
    };
    const response = await this.api.send(
      {
        method,
        url: getAppUserUrl(isAtApp ? { appId, serverUrl: appUrl } : identity, connector) + path,
        headers: createBase44Headers(identity, userToken),
        maxContentLength: MAX_TOKEN_RESPONSE_BYTES,
        signal,
      },
      context,
    );
    return requireSuccess(response, context);
  }
}

/**
 * Returns the context of the errors of an operation.
 *
 * @internal
 */
export function toErrorContext(
  { connector: { kind, id }, request }: Pick<ServiceRoleOperation, 'connector' | 'request'>,
  { appId }: Pick<Identity, 'appId'>,
): ErrorContext {
  return { appId, connector: id, kind, ...(request && { operation: 'callApi' }) };
}
