/**
 * A connector of the emulated app: an integration type such as `'slack'`, or a
 * connector that the workspace registered, by its id, shared or for each app user.
 *
 * @publicApi
 */
export type EmulatedConnector =
  string | { readonly workspaceConnector: string } | { readonly appUserConnector: string };

const IDENTIFIER = /^(?=.{1,128}$)[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?$/i;

/** Whether a connector can be called so: letters, digits, `_` and `-`, alphanumeric at both ends. */
export function isIdentifier(value: string): boolean {
  return IDENTIFIER.test(value);
}

export function assertIdentifier(value: string): string {
  if (isIdentifier(value)) return value;
  throw new TypeError(`'${value}' is no identifier that Base44 would give a connector.`);
}

export function identifierOf(connector: EmulatedConnector): string {
  if (typeof connector === 'string') return connector;
  return 'appUserConnector' in connector
    ? connector.appUserConnector
    : connector.workspaceConnector;
}

export function isForAppUsers(
  connector: EmulatedConnector,
): connector is { readonly appUserConnector: string } {
  return typeof connector !== 'string' && 'appUserConnector' in connector;
}
