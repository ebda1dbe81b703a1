import { toConnectorKey } from '../common/connector-ref.formatter.js';
import type { ErrorContext } from '../errors/error-context.interface.js';
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
    this.key = `${identity.key}/${toConnectorKey(connector)}`;
  }

  /** The key of the connection's state. It excludes the service role, and the user of a shared connection. */
  get stateKey(): string {
    const { serverUrl, appId, userKey } = this.identity;
    const user = this.connector.kind === 'appUserConnector' ? userKey : '';
    return `${serverUrl} ${appId} ${user}/${toConnectorKey(this.connector)}`;
  }

  /** The context of errors that a provider causes. */
  get errorContext(): ErrorContext {
    const { kind, id } = this.connector;
    return { appId: this.identity.appId, connector: id, kind };
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
