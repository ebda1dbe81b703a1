import { Inject, Injectable } from '@nestjs/common';
import { parseConnectorRef } from '../common/connector-ref.parser.js';
import type { Secret } from '../common/secret.js';
import { RequiredConnectors } from '../discovery/required-connectors.js';
import { IdentityReader } from '../identity/identity.reader.js';
import type { ConnectorRequirement } from '../interfaces/connector-requirement.interface.js';
import type { ConnectorStatus, StatusOptions } from '../interfaces/connector-status.interface.js';
import { CONNECTORS_OPTIONS, type ConnectorsOptions } from '../options/connectors.options.js';
import { isPresent } from '../options/sibling-options.js';
import { ConnectionStates } from '../telemetry/connection-states.js';
import { ConnectionRequest } from './connection-request.js';
import { ConnectionCache } from './connection.cache.js';
import { ConnectionResolver } from './connection.resolver.js';

/**
 * Lists the states that the required connectors have in the configured app.
 *
 * @internal
 */
@Injectable()
export class ConnectorStatuses {
  /** Whether the module can ask Base44 without an incoming request that carries a service token. */
  readonly #hasServiceRole: boolean;

  constructor(
    @Inject(RequiredConnectors) private readonly required: RequiredConnectors,
    @Inject(ConnectionStates) private readonly states: ConnectionStates,
    @Inject(ConnectionResolver) private readonly resolver: ConnectionResolver,
    @Inject(ConnectionCache) private readonly cache: ConnectionCache,
    @Inject(IdentityReader) private readonly identities: IdentityReader,
    @Inject(CONNECTORS_OPTIONS) options: Secret<ConnectorsOptions>,
  ) {
    const { serviceRole } = options.reveal();
    this.#hasServiceRole = !('serviceToken' in serviceRole) || isPresent(serviceRole.serviceToken);
  }

  async list({ probe = false }: StatusOptions = {}): Promise<ConnectorStatus[]> {
    const requirements = this.required.list();
    if (probe && this.#hasServiceRole) {
      await Promise.allSettled(requirements.map((one) => this.#probe(one)));
    }
    return requirements.map((one) => this.describe(one));
  }

  /** Returns the state of a connector, which may be one that no decorator requires. */
  describe(requirement: ConnectorRequirement): ConnectorStatus {
    const { key, stateKey } = this.#toRequest(requirement);
    const { state = 'unknown', since, lastErrorCode } = this.states.get(stateKey) ?? {};
    return {
      ...requirement,
      state,
      isCached: this.cache.canServe(key),
      ...(state !== 'unknown' && since !== undefined && { since }),
      ...(lastErrorCode !== undefined && { lastErrorCode }),
    };
  }

  async #probe(requirement: ConnectorRequirement): Promise<void> {
    const request = this.#toRequest(requirement);
    if (request.connector.kind !== 'appUserConnector') await this.resolver.resolve(request);
  }

  #toRequest({ connector }: ConnectorRequirement): ConnectionRequest {
    return new ConnectionRequest(parseConnectorRef(connector), this.identities.configured);
  }
}
