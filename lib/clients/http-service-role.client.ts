import type { HttpService } from '@nestjs/axios';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { AxiosRequestConfig } from 'axios';
import type { ErrorSubject } from '../errors/connector.errors.js';
import {
  errorFromAnswer,
  errorFromFailure,
  type UpstreamAnswer,
} from '../errors/upstream-error.mapper.js';
import type { Secret } from '../identity/secret.js';
import type { ServiceTokenSource } from '../identity/service-token.source.js';
import type {
  ConnectorApiRequest,
  ConnectorApiResponse,
} from '../interfaces/connector-api.interface.js';
import type { FetchedConnection } from '../interfaces/connector-connection.interface.js';
import type { Connector } from '../interfaces/connector.interface.js';
import { bodyOf, closeBase44Http } from './base44-http.js';
import { callApiPath, connectionPath } from './base44-routes.js';
import { parseConnection } from './connection.parser.js';
import { parseApiResponse } from './connector-api.parser.js';
import { serializeApiRequest } from './connector-api.request.js';
import { ServiceRoleClient } from './service-role.client.js';

/** No token is longer than this, and no page or bomb gets further. */
const MAX_TOKEN_ANSWER_BYTES = 262_144;

/** A metered call may bring a file. */
const MAX_API_ANSWER_BYTES = 33_554_432;

/**
 * The built-in client: Base44's API over `@nestjs/axios`.
 *
 * @internal
 */
export class HttpServiceRoleClient extends ServiceRoleClient implements OnApplicationShutdown {
  readonly #http: HttpService;
  readonly #appId: string;
  readonly #serviceToken: ServiceTokenSource;

  constructor(http: HttpService, appId: string, serviceToken: ServiceTokenSource) {
    super();
    this.#http = http;
    this.#appId = appId;
    this.#serviceToken = serviceToken;
  }

  async fetchConnection(connector: Connector, signal: AbortSignal): Promise<FetchedConnection> {
    const body = await this.#send(connector.id, {
      method: 'GET',
      url: connectionPath(this.#appId, connector),
      maxContentLength: MAX_TOKEN_ANSWER_BYTES,
      signal,
    });
    return parseConnection(body, connector.id);
  }

  async callApi(
    integrationType: string,
    request: ConnectorApiRequest,
    signal: AbortSignal,
  ): Promise<ConnectorApiResponse> {
    const body = await this.#send(integrationType, {
      method: 'POST',
      url: callApiPath(this.#appId, integrationType),
      data: serializeApiRequest(request),
      maxContentLength: MAX_API_ANSWER_BYTES,
      signal,
    });
    return parseApiResponse(body, integrationType);
  }

  onApplicationShutdown(): void {
    closeBase44Http(this.#http);
  }

  /** @returns the parsed body of a 2xx answer */
  async #send(connector: string, config: AxiosRequestConfig): Promise<unknown> {
    const subject = { appId: this.#appId, connector };
    const serviceToken = await this.#serviceToken.get();
    const answer = await this.#request(serviceToken, config, subject);
    if (isSuccess(answer)) return answer.body;
    const renewed = answer.status === 401 && (await this.#serviceToken.renew(serviceToken));
    if (!renewed) throw errorFromAnswer(answer, subject);
    const secondAnswer = await this.#request(renewed, config, subject);
    if (isSuccess(secondAnswer)) return secondAnswer.body;
    throw errorFromAnswer(secondAnswer, subject);
  }

  async #request(
    serviceToken: Secret,
    config: AxiosRequestConfig,
    subject: ErrorSubject,
  ): Promise<UpstreamAnswer> {
    const headers = { Authorization: `Bearer ${serviceToken.reveal()}` };
    // Not the observable: it builds an error, with a stack, at the end of each success.
    const response = await this.#http.axiosRef
      .request<unknown>({ ...config, headers })
      .catch((failure: unknown) => {
        // An AxiosError shows the headers it was sent with, so it ends here.
        throw errorFromFailure(failure, subject);
      });
    return { status: response.status, headers: response.headers, body: bodyOf(response) };
  }
}

function isSuccess({ status }: UpstreamAnswer): boolean {
  return status >= 200 && status < 300;
}
