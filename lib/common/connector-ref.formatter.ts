import type { Connector, ConnectorRef } from '../interfaces/connector.interface.js';

/**
 * Returns a key that is different for each connector. It has no dots and slashes, which separate the
 * parts of longer keys.
 *
 * @internal
 */
export function toConnectorKey({ kind, id }: Connector): string {
  return `${kind}:${id}`;
}

/**
 * Returns the reference to a connector: the inverse of `parseConnectorRef`.
 *
 * @internal
 */
export function toConnectorRef({ kind, id }: Connector): ConnectorRef {
  if (kind === 'integrationType') return id;
  return kind === 'workspaceConnector' ? { workspaceConnector: id } : { appUserConnector: id };
}

/**
 * Returns a reference as text for people, such as `slack` or `workspaceConnector 66f0c2a41d`.
 *
 * @internal
 */
export function formatConnectorRef(ref: ConnectorRef, separator = ' '): string {
  return typeof ref === 'string' ? ref : Object.entries(ref).flat().join(separator);
}

/**
 * Returns whether each user has their own connection of a connector.
 *
 * @internal
 */
export function isAppUserConnector(ref: ConnectorRef): boolean {
  return typeof ref === 'object' && Object.hasOwn(ref, 'appUserConnector');
}
