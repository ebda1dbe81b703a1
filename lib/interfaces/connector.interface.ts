/**
 * Names a connector: an integration type such as `'slack'`, or a connector that
 * the workspace registered with an OAuth app of its own, by its id.
 *
 * Identifiers are letters, digits, `_` and `-`, alphanumeric at both ends, 128
 * characters at most; everything else is refused before anything is sent.
 *
 * @example
 * 'googlecalendar'
 * { workspaceConnector: '66f0c2a41d' }
 *
 * @publicApi
 */
export type ConnectorRef = string | { readonly workspaceConnector: string };

/**
 * A connector whose identifier has been checked: what a `ServiceRoleClient` is asked for.
 *
 * @publicApi
 */
export interface Connector {
  readonly kind: 'integrationType' | 'workspaceConnector';
  /** The integration type or the connector id; safe as one segment of a path. */
  readonly id: string;
}
