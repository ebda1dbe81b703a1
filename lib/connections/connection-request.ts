import type { ActingIdentity } from '../identity/acting-identity.js';
import type { Connector } from '../interfaces/connector.interface.js';

/**
 * A connector, the identity that requests its connection, and the keys that follow from both.
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

  /** The suffix that the cache keys of a connector and a user share under all service roles. */
  get invalidationKey(): string {
    return `${this.identity.userKey}/${getName(this.connector)}`;
  }
}

/** Returns a name without dots and slashes, because these separate the parts of a key. */
function getName({ kind, id }: Connector): string {
  return kind === 'integrationType' ? id : `${kind}:${id}`;
}
