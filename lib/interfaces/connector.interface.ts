import type { CONNECTORS } from '../connectors.catalogue.js';

/**
 * The integration types of the app, as keys. Empty by default, so that every name is accepted.
 *
 * To fill it from the types that the Base44 CLI generates, write
 * `import type {} from 'nestjs-base44-connectors/base44-types'`. Without the CLI, augment it.
 *
 * @example
 * declare module 'nestjs-base44-connectors' {
 *   interface ConnectorIntegrationTypeRegistry { slack: true; googlecalendar: true }
 * }
 *
 * @publicApi
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- applications augment it
export interface ConnectorIntegrationTypeRegistry {}

/** Any string. Because of `Record<never, never>`, editors still suggest the known names. */
type AnyIntegrationType = keyof typeof CONNECTORS | (string & Record<never, never>);

type RegisteredType = Extract<keyof ConnectorIntegrationTypeRegistry, string>;

/**
 * The name of an integration type, such as `'slack'`.
 *
 * By default, it is any string. If {@link ConnectorIntegrationTypeRegistry} has keys, it is one of them.
 *
 * @publicApi
 */
export type ConnectorIntegrationType = [RegisteredType] extends [never]
  ? AnyIntegrationType
  : string extends RegisteredType
    ? AnyIntegrationType
    : RegisteredType;

/**
 * A reference to a connector.
 *
 * A string is an integration type. An object holds the id of a connector that the workspace registered
 * with its own OAuth app. The app shares the connection of a `workspaceConnector`. Each user has
 * their own connection of an `appUserConnector`.
 *
 * An identifier is 1 to 128 letters, digits, `_` or `-`, as in the Base44 CLI. Other values are rejected
 * with `InvalidConnectorError` before a request is sent.
 *
 * @example
 * 'googlecalendar'
 * { workspaceConnector: '66f0c2a41d' }
 * { appUserConnector: '66f0c2a41d' }
 *
 * @publicApi
 */
export type ConnectorRef =
  | ConnectorIntegrationType
  | { readonly workspaceConnector: string }
  | { readonly appUserConnector: string };

/**
 * A connector with a validated identifier, as a `ServiceRoleClient` receives it.
 *
 * @publicApi
 */
export interface Connector {
  readonly kind: 'integrationType' | 'workspaceConnector' | 'appUserConnector';
  /** The integration type or the connector id. It is safe as one segment of a path. */
  readonly id: string;
}
