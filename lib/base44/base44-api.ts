import type { HttpService } from '@nestjs/axios';
import type { AxiosRequestConfig } from 'axios';
import { AppUserRequiredError } from '../errors/connection.errors.js';
import type { ErrorContext } from '../errors/error-context.interface.js';
import {
  mapResponseError,
  mapRequestError,
  type UpstreamResponse,
} from './upstream-error.mapper.js';
import { exitRequestContext } from '../identity/ambient-context.js';
import type { Identity, SealedToken } from '../interfaces/identity.interface.js';
import { parseBody, closeBase44Http, dropIdleConnections } from './base44-http.js';
import { appUserPath } from './base44-routes.js';
import { parseObject } from './connection.parser.js';
import type { InitiatedConnection } from './service-role.client.js';
import { parseInitiatedConnection } from './initiated-connection.parser.js';

/** No token is longer than this, and no page or bomb gets further. */
export const MAX_TOKEN_ANSWER_BYTES = 262_144;

/** A metered call may bring a file. */
export const MAX_API_ANSWER_BYTES = 33_554_432;

/**
 * Sends requests to Base44 and reads no more of a failed one than may be told.
 *
 * @internal
 */
export class Base44Api {
  readonly #http: HttpService;

  constructor(http: HttpService) {
    this.#http = http;
  }

  /** Begins to connect an account of the user, with the user's own token. */
  async connectAppUser(
    connectorId: string,
    identity: Identity,
    signal: AbortSignal,
  ): Promise<InitiatedConnection> {
    const url = `${appUserPath(identity.appId, connectorId)}/initiate`;
    const body = await this.#sendAsUser(connectorId, identity, { method: 'POST', url, signal });
    return parseInitiatedConnection(body, connectorId, identity.serverUrl);
  }

  /** Ends a connection of the user, with the user's own token. */
  async disconnectAppUser(
    connectorId: string,
    identity: Identity,
    signal: AbortSignal,
  ): Promise<void> {
    const url = appUserPath(identity.appId, connectorId);
    const body = await this.#sendAsUser(connectorId, identity, { method: 'DELETE', url, signal });
    // A page that answers everything with 200 has ended nothing.
    parseObject(body, connectorId);
  }

  /**
   * @param config - with a `url` below the API of the identity's server
   * @param credentials - headers
   */
  sendAs(
    { serverUrl, appId, state, dataEnv }: Identity,
    subject: ErrorContext,
    config: AxiosRequestConfig,
    credentials: Readonly<Record<string, string>>,
  ): Promise<UpstreamResponse> {
    const headers = {
      ...credentials,
      'X-App-Id': appId,
      ...(state && { 'Base44-State': state.reveal() }),
      ...(dataEnv && { 'X-Data-Env': dataEnv }),
    };
    return this.send(subject, { ...config, baseURL: `${serverUrl}/api`, headers });
  }

  async send(subject: ErrorContext, config: AxiosRequestConfig): Promise<UpstreamResponse> {
    // Not the observable: it builds an error, with a stack, at the end of each success.
    const sent = exitRequestContext(() => this.#http.axiosRef.request<unknown>(config));
    const response = await sent.catch((failure: unknown) => {
      // What ended this connection may have ended the idle ones: none of them for the next attempt.
      dropIdleConnections(this.#http);
      // An AxiosError shows the headers it was sent with, so it ends here.
      throw mapRequestError(failure, subject);
    });
    return { status: response.status, headers: response.headers, body: parseBody(response) };
  }

  close(): void {
    closeBase44Http(this.#http);
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
    const answer = await this.sendAs(identity, subject, limited, {
      Authorization: bearer(userToken),
    });
    return requireSuccess(answer, subject);
  }
}

/** @internal */
export function bearer(token: SealedToken): string {
  return `Bearer ${token.reveal()}`;
}

/**
 * The body of a 2xx answer.
 *
 * @throws the error that any other answer means
 * @internal
 */
export function requireSuccess(answer: UpstreamResponse, subject: ErrorContext): unknown {
  if (answer.status >= 200 && answer.status < 300) return answer.body;
  throw mapResponseError(answer, subject);
}
