import type { ActingIdentity } from '../identity/acting-identity.js';
import type { Connector } from '../interfaces/connector.interface.js';

/**
 * A connector, the identity that requests its connection, and the keys that follow from both.
 *
 * @internal
 */
export class ConnectionRequest {
  /** The cache key: the key of the identity, and the connector's name. */
  readonly key: string;

  constructor(
    readonly connector: Connector,
    readonly identity: ActingIdentity,
  ) {
    this.key = `${identity.key}/${getName(connector)}`;
  }

  /** The key of the connection's state. It excludes the service role, and the user of a shared connection. */
  get stateKey(): string {
    const { serverUrl, appId, userKey } = this.identity;
    const user = this.connector.kind === 'appUserConnector' ? userKey : '';
    return `${serverUrl} ${appId} ${user}/${getName(this.connector)}`;
  }

  /** The part of the key that stands for the connector and the user, without the service role. */
  get invalidationKey(): string {
    return getInvalidationKey(this.key);
  }
}

/**
 * Returns the part of a key that stands for the connector and the user.
 *
 * @internal
 */
export function getInvalidationKey(key: string): string {
  return key.slice(key.indexOf('.') + 1);
}

/** Returns a name without dots and slashes, because these separate the parts of a key. */
function getName({ kind, id }: Connector): string {
  return `${kind}:${id}`;
}
