/**
 * Names a connector: an integration type such as `'slack'`, or, by its id, a connector
 * that the workspace registered with an OAuth app of its own, whose connection is either
 * shared by the app (`workspaceConnector`) or that of the signed-in user (`appUserConnector`).
 *
 * Identifiers are letters, digits, `_` and `-`, alphanumeric at both ends, 128
 * characters at most; everything else is refused before anything is sent.
 *
 * @example
 * 'googlecalendar'
 * { workspaceConnector: '66f0c2a41d' }
 * { appUserConnector: '66f0c2a41d' }
 *
 * @publicApi
 */
export type ConnectorRef =
  string | { readonly workspaceConnector: string } | { readonly appUserConnector: string };

/**
 * A connector whose identifier has been checked: what a `ServiceRoleClient` is asked for.
 *
 * @publicApi
 */
export interface Connector {
  readonly kind: 'integrationType' | 'workspaceConnector' | 'appUserConnector';
  /** The integration type or the connector id; safe as one segment of a path. */
  readonly id: string;
}
