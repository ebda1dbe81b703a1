import type {
  ConnectorApiRequest,
  ConnectorApiResponse,
} from '../interfaces/connector-api.interface.js';
import type { FetchedConnection } from '../interfaces/connector-connection.interface.js';
import type { Connector } from '../interfaces/connector.interface.js';
import type { Identity } from '../interfaces/identity.interface.js';
import type { BrokerOptions } from '../interfaces/connectors-module-options.interface.js';
import { ApiServiceRoleClient } from './api-service-role.client.js';
import {
  type Base44Api,
  bearer,
  MAX_API_ANSWER_BYTES,
  MAX_TOKEN_ANSWER_BYTES,
} from './base44-api.js';
import { requireBrokerSuccess, type BrokerSubject } from './broker-error.mapper.js';
import { sha256, signatureHeaders } from './broker-signature.js';
import { parseConnection } from './connection.parser.js';
import { parseApiResponse } from './connector-api-response.parser.js';
import { serializeApiRequest } from './connector-api-request.parser.js';

/**
 * Asks the broker, a function in the Base44 app, which asks Base44 as the service role.
 *
 * @internal
 */
export class BrokerServiceRoleClient extends ApiServiceRoleClient {
  readonly #broker: BrokerOptions;

  constructor(api: Base44Api, broker: BrokerOptions) {
    super(api);
    this.#broker = broker;
  }

  async fetchConnection(
    connector: Connector,
    identity: Identity,
    signal: AbortSignal,
  ): Promise<FetchedConnection> {
    const { kind, id } = connector;
    const subject = {
      appId: identity.appId,
      connector: id,
      name: kind === 'integrationType' ? id : `${kind}:${id}`,
      address: 'broker.url' as const,
      isOfAppUser: kind === 'appUserConnector',
    };
    const order = { operation: 'connection', connector: { kind, id }, user: userOf(identity) };
    const limits = { maxContentLength: MAX_TOKEN_ANSWER_BYTES, signal };
    return parseConnection(
      await this.#ask(subject, identity, JSON.stringify(order), limits),
      connector.id,
    );
  }

  async callApi(
    integrationType: string,
    request: ConnectorApiRequest,
    identity: Identity,
    signal: AbortSignal,
  ): Promise<ConnectorApiResponse> {
    const { appId } = identity;
    const subject = {
      appId,
      connector: integrationType,
      name: integrationType,
      address: 'broker.url' as const,
    };
    const connector = { kind: 'integrationType', id: integrationType };
    const order = { operation: 'callApi', connector, user: userOf(identity), request };
    const body = serializeApiRequest(order);
    const limits = { maxContentLength: MAX_API_ANSWER_BYTES, signal };
    return parseApiResponse(await this.#ask(subject, identity, body, limits), integrationType);
  }

  async #ask(
    subject: BrokerSubject,
    { userToken }: Identity,
    data: string,
    limits: { readonly maxContentLength: number; readonly signal: AbortSignal },
  ): Promise<unknown> {
    const { url, secret } = this.#broker;
    const headers = {
      ...signatureHeaders(secret, url, data),
      ...(userToken && { Authorization: bearer(userToken) }),
    };
    const answer = await this.api.send(subject, {
      ...limits,
      method: 'POST',
      baseURL: url,
      data,
      headers,
    });
    return requireBrokerSuccess(answer, subject);
  }
}

/** The signed body names the user whose token the request carries. */
function userOf({ userToken }: Identity): string | null {
  return userToken === undefined ? null : sha256(bearer(userToken));
}
