import { isConnectorsError } from '../errors/connectors.error.js';
import type { ServiceTokenSource } from '../identity/service-token.source.js';
import type { Identity, SealedToken } from '../interfaces/identity.interface.js';
import { isRemembered } from '../resilience/refusal.js';
import type { RefusalCache } from '../resilience/refusal.cache.js';
import type { Base44Api, UpstreamRequest } from './base44-api.js';
import { createBase44Headers, toBearer } from './base44-headers.js';
import { getCallApiUrl, getConnectionUrl } from './base44-routes.js';
import { serializeApiRequest } from './connector-api-request.parser.js';
import {
  HttpServiceRoleClient,
  type ServiceRoleOperation,
  toErrorContext,
} from './http-service-role.client.js';
import { requireSuccess } from './response-error.mapper.js';

/**
 * Sends operations to Base44 with a service token.
 *
 * @internal
 */
export class DirectServiceRoleClient extends HttpServiceRoleClient {
  readonly #serviceToken: ServiceTokenSource;

  constructor(api: Base44Api, refusals: RefusalCache, serviceToken: ServiceTokenSource) {
    super(api, refusals);
    this.#serviceToken = serviceToken;
  }

  protected async send(operation: ServiceRoleOperation, identity: Identity): Promise<unknown> {
    const { serviceToken } = identity;
    if (serviceToken !== undefined) return this.#sendWith(serviceToken, operation, identity);
    const { signal } = operation;
    const token = await this.#serviceToken.get(signal);
    try {
      return await this.#sendWith(token, operation, identity);
    } catch (error) {
      if (!isUnauthorized(error)) throw error;
      const renewed = await this.#serviceToken.renew(token, signal);
      if (renewed === undefined) throw error;
      return this.#sendWith(renewed, operation, identity);
    }
  }

  #sendWith(
    token: SealedToken,
    operation: ServiceRoleOperation,
    identity: Identity,
  ): Promise<unknown> {
    const { serverUrl, appId, userToken } = identity;
    const context = toErrorContext(operation, identity);
    const request = { ...toRequest(operation, identity), headers: createHeaders(identity, token) };
    return this.refusals.execute({
      serviceRole: [serverUrl, appId, token.reveal()],
      userToken,
      context,
      signal: operation.signal,
      send: async () => requireSuccess(await this.api.send(request, context), context),
    });
  }
}

/** Returns whether Base44 has just responded with 401, so that another service token may help. */
function isUnauthorized(error: unknown): boolean {
  return isConnectorsError(error) && error.status === 401 && !isRemembered(error);
}

function toRequest(
  { connector, request, maxContentLength, signal }: ServiceRoleOperation,
  identity: Identity,
): Omit<UpstreamRequest, 'headers'> {
  if (request === undefined) {
    const url = getConnectionUrl(identity, connector);
    return { method: 'GET', url, maxContentLength, signal };
  }
  const url = getCallApiUrl(identity, connector.id);
  return { method: 'POST', url, data: serializeApiRequest(request), maxContentLength, signal };
}

function createHeaders(identity: Identity, serviceToken: SealedToken): Record<string, string> {
  const headers = createBase44Headers(identity, serviceToken);
  if (identity.userToken) headers['on-behalf-of'] = toBearer(identity.userToken);
  return headers;
}
