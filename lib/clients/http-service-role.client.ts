import type { HttpService } from '@nestjs/axios';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { AxiosRequestConfig } from 'axios';
import { AppUserRequiredError, type ErrorSubject } from '../errors/connector.errors.js';
import {
  errorFromAnswer,
  errorFromFailure,
  type UpstreamAnswer,
} from '../errors/upstream-error.mapper.js';
import type { ServiceTokenSource } from '../identity/service-token.source.js';
import type {
  ConnectorApiRequest,
  ConnectorApiResponse,
} from '../interfaces/connector-api.interface.js';
import type { FetchedConnection } from '../interfaces/connector-connection.interface.js';
import type { Connector } from '../interfaces/connector.interface.js';
import type { Identity, SealedToken } from '../interfaces/identity.interface.js';
import { bodyOf, closeBase44Http } from './base44-http.js';
import { appUserPath, callApiPath, connectionPath } from './base44-routes.js';
import { parseConnection } from './connection.parser.js';
import { parseApiResponse } from './connector-api.parser.js';
import { serializeApiRequest } from './connector-api.request.js';
import { ServiceRoleClient, type StartedConnection } from './service-role.client.js';
import { parseStartedConnection } from './started-connection.parser.js';

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
  readonly #serviceToken: ServiceTokenSource;

  constructor(http: HttpService, serviceToken: ServiceTokenSource) {
    super();
    this.#http = http;
    this.#serviceToken = serviceToken;
  }

  async fetchConnection(
    connector: Connector,
    identity: Identity,
    signal: AbortSignal,
  ): Promise<FetchedConnection> {
    const { appId } = identity;
    const isOfAppUser = connector.kind === 'appUserConnector';
    const body = await this.#sendAsService(
      { appId, connector: connector.id, isOfAppUser },
      identity,
      {
        method: 'GET',
        url: connectionPath(appId, connector),
        maxContentLength: MAX_TOKEN_ANSWER_BYTES,
        signal,
      },
    );
    return parseConnection(body, connector.id);
  }

  async callApi(
    integrationType: string,
    request: ConnectorApiRequest,
    identity: Identity,
    signal: AbortSignal,
  ): Promise<ConnectorApiResponse> {
    const { appId } = identity;
    const body = await this.#sendAsService({ appId, connector: integrationType }, identity, {
      method: 'POST',
      url: callApiPath(appId, integrationType),
      data: serializeApiRequest(request),
      maxContentLength: MAX_API_ANSWER_BYTES,
      signal,
    });
    return parseApiResponse(body, integrationType);
  }

  async connectAppUser(
    connectorId: string,
    identity: Identity,
    signal: AbortSignal,
  ): Promise<StartedConnection> {
    const url = `${appUserPath(identity.appId, connectorId)}/initiate`;
    const body = await this.#sendAsUser(connectorId, identity, { method: 'POST', url, signal });
    return parseStartedConnection(body, connectorId, identity.serverUrl);
  }

  async disconnectAppUser(
    connectorId: string,
    identity: Identity,
    signal: AbortSignal,
  ): Promise<void> {
    const url = appUserPath(identity.appId, connectorId);
    await this.#sendAsUser(connectorId, identity, { method: 'DELETE', url, signal });
  }

  onApplicationShutdown(): void {
    closeBase44Http(this.#http);
  }

  /** @returns the parsed body of a 2xx answer */
  async #sendAsService(
    subject: ErrorSubject,
    identity: Identity,
    config: AxiosRequestConfig,
  ): Promise<unknown> {
    const { userToken } = identity;
    const send = (serviceToken: SealedToken): Promise<UpstreamAnswer> =>
      this.#request(subject, identity, config, {
        Authorization: bearer(serviceToken),
        ...(userToken && { 'on-behalf-of': bearer(userToken) }),
      });
    const serviceToken = identity.serviceToken ?? (await this.#serviceToken.get());
    const answer = await send(serviceToken);
    if (answer.status !== 401 || identity.serviceToken !== undefined)
      return bodyIn(answer, subject);
    const renewed = await this.#serviceToken.renew(serviceToken);
    return bodyIn(renewed === undefined ? answer : await send(renewed), subject);
  }

  /** @returns the parsed body of a 2xx answer */
  async #sendAsUser(
    connector: string,
    identity: Identity,
    config: AxiosRequestConfig,
  ): Promise<unknown> {
    const { appId, userToken } = identity;
    if (userToken === undefined) throw new AppUserRequiredError({ connector });
    const subject = { appId, connector, isOfAppUser: true };
    const limited = { ...config, maxContentLength: MAX_TOKEN_ANSWER_BYTES };
    const answer = await this.#request(subject, identity, limited, {
      Authorization: bearer(userToken),
    });
    return bodyIn(answer, subject);
  }

  async #request(
    subject: ErrorSubject,
    { serverUrl, appId, state, dataEnv }: Identity,
    config: AxiosRequestConfig,
    credentials: Readonly<Record<string, string>>,
  ): Promise<UpstreamAnswer> {
    const headers = {
      ...credentials,
      'X-App-Id': appId,
      ...(state && { 'Base44-State': state.reveal() }),
      ...(dataEnv && { 'X-Data-Env': dataEnv }),
    };
    // Not the observable: it builds an error, with a stack, at the end of each success.
    const response = await this.#http.axiosRef
      .request<unknown>({ ...config, baseURL: `${serverUrl}/api`, headers })
      .catch((failure: unknown) => {
        // An AxiosError shows the headers it was sent with, so it ends here.
        throw errorFromFailure(failure, subject);
      });
    return { status: response.status, headers: response.headers, body: bodyOf(response) };
  }
}

function bearer(token: SealedToken): string {
  return `Bearer ${token.reveal()}`;
}

function bodyIn(answer: UpstreamAnswer, subject: ErrorSubject): unknown {
  if (answer.status >= 200 && answer.status < 300) return answer.body;
  throw errorFromAnswer(answer, subject);
}
