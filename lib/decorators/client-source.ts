import type { ConnectorsService } from '../connectors.service.js';
import { ConnectorsConfigurationError } from '../errors/connectors-configuration.error.js';
import type { ConnectorClientFactory } from '../interfaces/connector-client.interface.js';
import type { DeclaredConnector } from '../provider-client/connector-feature.parser.js';
import { bindToServiceRole, getFetch } from './replaced-service.js';

/**
 * A connector that is declared with a client.
 *
 * @internal
 */
export interface DeclaredClient extends DeclaredConnector {
  readonly client: ConnectorClientFactory;
}

/**
 * Creates the clients of a declared connector. The source that a handler uses may belong to another copy of
 * the package.
 *
 * @internal
 */
export class ClientSource {
  /**
   * @param findReplacement - returns the client that a test provides instead of the injected one
   */
  constructor(
    private readonly declared: DeclaredClient,
    private readonly findReplacement: () => Promise<object> | undefined,
  ) {}

  /** Creates the client that services share. A queue of the SDK may send its calls in any request. */
  createShared(connectors: ConnectorsService): Promise<object> {
    const { ref, clientIdentity } = this.declared;
    if (clientIdentity !== 'per-call') return this.#create(bindToServiceRole(connectors));
    return this.#create(connectors, async (input, init) => getFetch(connectors, ref)(input, init));
  }

  /** Creates a client for the identity that a service is bound to. */
  async create(connectors: ConnectorsService): Promise<object> {
    return this.findReplacement() ?? this.#create(connectors);
  }

  async #create(
    connectors: ConnectorsService,
    fetch = getFetch(connectors, this.declared.ref),
  ): Promise<object> {
    const { client: createClient, connector } = this.declared;
    const client: unknown = await createClient(fetch, connectors);
    if (Object(client) === client) return client as object;
    throw new ConnectorsConfigurationError(
      `The function client of connector '${connector.id}' in ConnectorsModule.forFeature() returned no client. ` +
        'Return the client: (fetch) => new WebClient(undefined, { fetch }).',
    );
  }
}
