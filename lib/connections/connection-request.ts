import type { ActingIdentity } from '../identity/acting-identity.js';
import type { Connector } from '../interfaces/connector.interface.js';

/**
 * A connector, the identity that asks for its connection, and the keys that follow from both.
 *
 * @internal
 */
export class ConnectionRequest {
  /** The cache key: the name of the connector, after the identity unless it is the configured one. */
  readonly key: string;

  constructor(
    readonly connector: Connector,
    readonly identity: ActingIdentity,
  ) {
    const name = getName(connector);
    this.key = identity.key === '' ? name : `${identity.key}/${name}`;
  }

  /** Names the connector and the user. Their key ends with it under each service role. */
  get invalidationKey(): string {
    return `${this.identity.userKey}/${getName(this.connector)}`;
  }
}

/** Identifiers hold no dot, colon or slash, so a name cannot be mistaken for a prefix. */
function getName({ kind, id }: Connector): string {
  return kind === 'integrationType' ? id : `${kind}:${id}`;
}
