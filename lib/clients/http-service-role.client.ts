import type { HttpService } from '@nestjs/axios';
import type { AxiosRequestConfig } from 'axios';
import { firstValueFrom } from 'rxjs';
import { errorFromAnswer, errorFromFailure } from '../errors/upstream-error.mapper.js';
import type { ServiceTokenSource } from '../identity/service-token.source.js';
import type {
  ConnectorApiRequest,
  ConnectorApiResponse,
} from '../interfaces/connector-api.interface.js';
import type { ConnectorConnection } from '../interfaces/connector-connection.interface.js';
import type { Connector } from '../interfaces/connector.interface.js';
import { bodyOf } from './base44-http.js';
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
export class HttpServiceRoleClient extends ServiceRoleClient {
  readonly #http: HttpService;
  readonly #appId: string;
  readonly #serviceToken: ServiceTokenSource;

  constructor(http: HttpService, appId: string, serviceToken: ServiceTokenSource) {
    super();
    this.#http = http;
    this.#appId = appId;
    this.#serviceToken = serviceToken;
  }

  async fetchConnection(connector: Connector, signal: AbortSignal): Promise<ConnectorConnection> {
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

  /** @returns the parsed body of a 2xx answer */
  async #send(connector: string, config: AxiosRequestConfig): Promise<unknown> {
    const subject = { appId: this.#appId, connector };
    const serviceToken = await this.#serviceToken.get();
    const headers = { Authorization: `Bearer ${serviceToken.reveal()}` };
    // An AxiosError shows the headers it was sent with, so it ends here.
    const response = await firstValueFrom(
      this.#http.request<unknown>({ ...config, headers }),
    ).catch((failure: unknown) => {
      throw errorFromFailure(failure, subject);
    });
    const body = bodyOf(response);
    const { status } = response;
    if (status >= 200 && status < 300) return body;
    throw errorFromAnswer({ status, headers: response.headers, body }, subject);
  }
}
