/**
 * A connector of the emulated app.
 *
 * A string is an integration type, such as `'slack'`. An object holds the id of a connector that the
 * workspace registered. The app shares a `workspaceConnector`; each user connects an `appUserConnector`.
 *
 * @publicApi
 */
export type EmulatedConnector =
  string | { readonly workspaceConnector: string } | { readonly appUserConnector: string };

const IDENTIFIER = /^[a-z0-9_-]{1,128}$/i;

export function isIdentifier(value: string): boolean {
  return IDENTIFIER.test(value);
}

/** @throws `TypeError` if the value is not a valid identifier */
export function assertIdentifier(value: string): string {
  if (isIdentifier(value)) return value;
  throw new TypeError(
    `'${value}' is not a valid identifier. Use 1 to 128 letters, digits, '_' or '-'.`,
  );
}

export function getIdentifier(connector: EmulatedConnector): string {
  if (typeof connector === 'string') return connector;
  return 'appUserConnector' in connector
    ? connector.appUserConnector
    : connector.workspaceConnector;
}
