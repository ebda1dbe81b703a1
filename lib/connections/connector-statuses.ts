import { Inject, Injectable } from '@nestjs/common';
import { parseConnectorRef } from '../common/connector-ref.parser.js';
import { RequiredConnectors } from '../discovery/required-connectors.js';
import { IdentityReader } from '../identity/identity.reader.js';
import type { ConnectorRequirement } from '../interfaces/connector-requirement.interface.js';
import type { ConnectorStatus, StatusOptions } from '../interfaces/connector-status.interface.js';
import { ConnectionStates } from '../telemetry/connection-states.js';
import { ConnectionRequest } from './connection-request.js';
import { ConnectionResolver } from './connection.resolver.js';

/**
 * Lists the states that the required connectors have in the configured app.
 *
 * @internal
 */
@Injectable()
export class ConnectorStatuses {
  constructor(
    @Inject(RequiredConnectors) private readonly required: RequiredConnectors,
    @Inject(ConnectionStates) private readonly states: ConnectionStates,
    @Inject(ConnectionResolver) private readonly resolver: ConnectionResolver,
    @Inject(IdentityReader) private readonly identities: IdentityReader,
  ) {}

  async list({ probe = false }: StatusOptions = {}): Promise<ConnectorStatus[]> {
    const requirements = this.required.list();
    if (probe) await Promise.allSettled(requirements.map((one) => this.#probe(one)));
    return requirements.map((one) => this.#toStatus(one));
  }

  async #probe(requirement: ConnectorRequirement): Promise<void> {
    const request = this.#toRequest(requirement);
    if (request.connector.kind !== 'appUserConnector') await this.resolver.resolve(request);
  }

  #toStatus(requirement: ConnectorRequirement): ConnectorStatus {
    const {
      state = 'unknown',
      since,
      lastErrorCode,
    } = this.states.get(this.#toRequest(requirement).stateKey) ?? {};
    return {
      ...requirement,
      state,
      ...(state !== 'unknown' && since !== undefined && { since }),
      ...(lastErrorCode !== undefined && { lastErrorCode }),
    };
  }

  #toRequest({ connector }: ConnectorRequirement): ConnectionRequest {
    return new ConnectionRequest(parseConnectorRef(connector), this.identities.configured);
  }
}
