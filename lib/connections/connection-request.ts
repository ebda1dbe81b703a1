import type { ActingIdentity } from '../identity/acting-identity.js';
import type { Connector } from '../interfaces/connector.interface.js';

/**
 * Whose connection is wanted, and under which names it is kept.
 *
 * @internal
 */
export interface ConnectionRequest {
  readonly connector: Connector;
  readonly identity: ActingIdentity;
  /** What is kept is found under this; the name alone where `isPlain`. */
  readonly key: string;
  /** What an invalidation names, the end of all keys of a connector and a user: whatever service role asks for them. */
  readonly subject: string;
  /** An integration type, for the identity of the options. */
  readonly isPlain: boolean;
}

/** @internal */
export function toConnectionRequest(
  connector: Connector,
  identity: ActingIdentity,
): ConnectionRequest {
  const { kind, id } = connector;
  const isIntegrationType = kind === 'integrationType';
  // Identifiers hold no dot, colon or slash.
  const name = isIntegrationType ? id : `${kind}:${id}`;
  const isOfOptions = identity.key === '';
  return {
    connector,
    identity,
    key: isOfOptions ? name : `${identity.key}/${name}`,
    subject: `${identity.userKey}/${name}`,
    isPlain: isIntegrationType && isOfOptions,
  };
}
