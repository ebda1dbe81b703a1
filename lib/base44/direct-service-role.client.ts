import type { ServiceTokenSource } from '../identity/service-token.source.js';
import type { Identity, SealedToken } from '../interfaces/identity.interface.js';
import type { Base44Api, UpstreamRequest } from './base44-api.js';
import { createBase44Headers, toBearer } from './base44-headers.js';
import { getCallApiUrl, getConnectionUrl } from './base44-routes.js';
import { serializeApiRequest } from './connector-api-request.parser.js';
import { HttpServiceRoleClient, type ServiceRoleOperation } from './http-service-role.client.js';
import { requireSuccess } from './response-error.mapper.js';
import type { UpstreamResponse } from './upstream-response.js';

/**
 * Sends operations to Base44 with a service token.
 *
 * @internal
 */
export class DirectServiceRoleClient extends HttpServiceRoleClient {
  readonly #serviceToken: ServiceTokenSource;

  constructor(api: Base44Api, serviceToken: ServiceTokenSource) {
    super(api);
    this.#serviceToken = serviceToken;
  }

  protected async send(operation: ServiceRoleOperation, identity: Identity): Promise<unknown> {
    const { appId } = identity;
    const { kind, id } = operation.connector;
    const context = { appId, connector: id, isOfAppUser: kind === 'appUserConnector' };
    const request = toRequest(operation, identity);
    const attempt = (token: SealedToken): Promise<UpstreamResponse> =>
      this.api.send({ ...request, headers: createHeaders(identity, token) }, context);

    const token = identity.serviceToken ?? (await this.#serviceToken.get(operation.signal));
    const response = await attempt(token);
    const isFromRequest = identity.serviceToken !== undefined;
    if (response.status !== 401 || isFromRequest) return requireSuccess(response, context);
    const renewed = await this.#serviceToken.renew(token, operation.signal);
    return requireSuccess(renewed === undefined ? response : await attempt(renewed), context);
  }
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
