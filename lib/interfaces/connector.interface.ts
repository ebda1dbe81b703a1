import type { CONNECTORS } from '../connectors.catalogue.js';

/**
 * The integration types that an app has: the keys of this interface, where it has any. The types
 * that the Base44 CLI generates come here by `import type {} from 'nestjs-base44-connectors/base44-types'`;
 * others by an augmentation.
 *
 * @example
 * declare module 'nestjs-base44-connectors' {
 *   interface ConnectorIntegrationTypeRegistry { slack: true; googlecalendar: true }
 * }
 *
 * @publicApi
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by applications
export interface ConnectorIntegrationTypeRegistry {}

/** Any string; editors still offer the known ones. */
type AnyIntegrationType = keyof typeof CONNECTORS | (string & Record<never, never>);

type RegisteredType = Extract<keyof ConnectorIntegrationTypeRegistry, string>;

/**
 * The name of an integration type such as `'slack'`: any string, unless the app has filled
 * {@link ConnectorIntegrationTypeRegistry}; then exactly its own.
 *
 * @publicApi
 */
export type ConnectorIntegrationType = [RegisteredType] extends [never]
  ? AnyIntegrationType
  : string extends RegisteredType
    ? AnyIntegrationType
    : RegisteredType;

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
  | ConnectorIntegrationType
  | { readonly workspaceConnector: string }
  | { readonly appUserConnector: string };

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
