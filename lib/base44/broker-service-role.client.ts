import { sha256 } from '../common/hash.js';
import type { Connector } from '../interfaces/connector.interface.js';
import type { BrokerOptions } from '../interfaces/connectors-module-options.interface.js';
import type { Identity, SealedToken } from '../interfaces/identity.interface.js';
import type { RefusalCache } from '../resilience/refusal.cache.js';
import { type Base44Api, MAX_TOKEN_RESPONSE_BYTES } from './base44-api.js';
import { toBearer } from './base44-headers.js';
import { requireBrokerSuccess, type BrokerErrorContext } from './broker-error.mapper.js';
import { BrokerSigner } from './broker.signer.js';
import { serializeApiRequest } from './connector-api-request.parser.js';
import {
  HttpServiceRoleClient,
  type ServiceRoleOperation,
  toErrorContext,
} from './http-service-role.client.js';

interface BrokerRequest {
  readonly data: string;
  readonly userToken?: SealedToken | undefined;
  readonly maxContentLength: number;
  readonly signal: AbortSignal;
}

type FailedCall = Omit<BrokerErrorContext, 'address' | 'host'>;

const CHECK = JSON.stringify({ operation: 'check' });

/**
 * Sends operations to the broker, a function in the Base44 app that acts as the service role.
 *
 * @internal
 */
export class BrokerServiceRoleClient extends HttpServiceRoleClient {
  readonly #url: string;
  readonly #host: string;
  readonly #signer: BrokerSigner;

  constructor(api: Base44Api, refusals: RefusalCache, broker: BrokerOptions) {
    super(api, refusals);
    this.#url = broker.url;
    this.#host = new URL(broker.url).host;
    this.#signer = new BrokerSigner(broker);
  }

  /**
   * Returns the names of `CONNECTORS_BROKER_ALLOW` at the broker.
   *
   * @returns `undefined` when the response does not come from a broker
   * @throws a `ConnectorsError`
   */
  async fetchAllowedNames(
    { appId }: Identity,
    signal: AbortSignal,
  ): Promise<readonly unknown[] | undefined> {
    const maxContentLength = MAX_TOKEN_RESPONSE_BYTES;
    const body = await this.#post(
      { data: CHECK, maxContentLength, signal },
      { appId, connector: 'check', allowedName: 'check' },
    );
    const { ok, allowed } = Object(body) as Record<string, unknown>;
    return ok === true && Array.isArray(allowed) ? allowed : undefined;
  }

  protected async send(
    { connector, request, maxContentLength, signal }: ServiceRoleOperation,
    identity: Identity,
  ): Promise<unknown> {
    const { userToken } = identity;
    const operation = request === undefined ? 'connection' : 'callApi';
    const user = userToken === undefined ? null : sha256(toBearer(userToken), 'hex');
    const data = serializeApiRequest({ operation, connector, user, request });
    const context: FailedCall = {
      ...toErrorContext({ connector, request }, identity),
      allowedName: toAllowedName(connector),
    };
    return this.refusals.execute({
      // The broker has one service role.
      serviceRole: [],
      userToken,
      context,
      signal,
      send: () => this.#post({ data, userToken, maxContentLength, signal }, context),
    });
  }

  async #post(
    { data, userToken, maxContentLength, signal }: BrokerRequest,
    call: FailedCall,
  ): Promise<unknown> {
    const context: BrokerErrorContext = { ...call, address: 'broker.url', host: this.#host };
    const headers = this.#signer.sign(data);
    if (userToken) headers.Authorization = toBearer(userToken);
    const response = await this.api.send(
      { method: 'POST', url: this.#url, data, headers, maxContentLength, signal },
      context,
    );
    return requireBrokerSuccess(response, context);
  }
}

/** Returns the name of a connector in `CONNECTORS_BROKER_ALLOW`. */
function toAllowedName({ kind, id }: Connector): string {
  return kind === 'integrationType' ? id : `${kind}:${id}`;
}
