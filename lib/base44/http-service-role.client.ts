import type { AxiosRequestConfig } from 'axios';
import type { ErrorContext } from '../errors/error-context.interface.js';
import type { UpstreamResponse } from './upstream-error.mapper.js';
import type { ServiceTokenSource } from '../identity/service-token.source.js';
import type {
  ConnectorApiRequest,
  ConnectorApiResponse,
} from '../interfaces/connector-api.interface.js';
import type { FetchedConnection } from '../interfaces/connector-connection.interface.js';
import type { Connector } from '../interfaces/connector.interface.js';
import type { Identity, SealedToken } from '../interfaces/identity.interface.js';
import { ApiServiceRoleClient } from './api-service-role.client.js';
import {
  type Base44Api,
  bearer,
  requireSuccess,
  MAX_API_ANSWER_BYTES,
  MAX_TOKEN_ANSWER_BYTES,
} from './base44-api.js';
import { callApiPath, connectionPath } from './base44-routes.js';
import { parseConnection } from './connection.parser.js';
import { parseApiResponse } from './connector-api-response.parser.js';
import { serializeApiRequest } from './connector-api-request.parser.js';

/**
 * The built-in client: Base44's API over `@nestjs/axios`.
 *
 * @internal
 */
export class HttpServiceRoleClient extends ApiServiceRoleClient {
  readonly #serviceToken: ServiceTokenSource;

  constructor(api: Base44Api, serviceToken: ServiceTokenSource) {
    super(api);
    this.#serviceToken = serviceToken;
  }

  async fetchConnection(
    connector: Connector,
    identity: Identity,
    signal: AbortSignal,
  ): Promise<FetchedConnection> {
    const { appId } = identity;
    const isOfAppUser = connector.kind === 'appUserConnector';
    const subject = { appId, connector: connector.id, isOfAppUser };
    const body = await this.#send(subject, identity, {
      method: 'GET',
      url: connectionPath(appId, connector),
      maxContentLength: MAX_TOKEN_ANSWER_BYTES,
      signal,
    });
    return parseConnection(body, connector.id);
  }

  async callApi(
    integrationType: string,
    request: ConnectorApiRequest,
    identity: Identity,
    signal: AbortSignal,
  ): Promise<ConnectorApiResponse> {
    const { appId } = identity;
    const body = await this.#send({ appId, connector: integrationType }, identity, {
      method: 'POST',
      url: callApiPath(appId, integrationType),
      data: serializeApiRequest(request),
      maxContentLength: MAX_API_ANSWER_BYTES,
      signal,
    });
    return parseApiResponse(body, integrationType);
  }

  /** @returns the parsed body of a 2xx answer */
  async #send(
    subject: ErrorContext,
    identity: Identity,
    config: AxiosRequestConfig,
  ): Promise<unknown> {
    const { userToken } = identity;
    const send = (serviceToken: SealedToken): Promise<UpstreamResponse> =>
      this.api.sendAs(identity, subject, config, {
        Authorization: bearer(serviceToken),
        ...(userToken && { 'on-behalf-of': bearer(userToken) }),
      });
    const serviceToken = identity.serviceToken ?? (await this.#serviceToken.get());
    const answer = await send(serviceToken);
    const isOfOptions = identity.serviceToken === undefined;
    if (answer.status !== 401 || !isOfOptions) return requireSuccess(answer, subject);
    const renewed = await this.#serviceToken.renew(serviceToken);
    return requireSuccess(renewed === undefined ? answer : await send(renewed), subject);
  }
}
