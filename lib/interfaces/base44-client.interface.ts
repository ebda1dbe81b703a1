import type { ConnectorApiRequest } from './connector-api.interface.js';

/**
 * The connectors of a service-role client, with the methods of `@base44/sdk`.
 *
 * Older versions of the SDK lack some methods. A call that needs a missing method rejects with
 * `ConnectorsConfigurationError`.
 *
 * @publicApi
 */
export interface ServiceRoleConnectors {
  getConnection?(integrationType: string): Promise<unknown>;
  /** Called only if `getConnection` is missing (`@base44/sdk` before 0.8.19). */
  getAccessToken?(integrationType: string): Promise<unknown>;
  getWorkspaceConnection?(connectorId: string): Promise<unknown>;
  callApi?(integrationType: string, request: ConnectorApiRequest): Promise<unknown>;
  /** Called only if `isMultiUser` is `true`, because an SDK client always acts for the user it was created for. */
  getCurrentAppUserConnection?(connectorId: string, userToken: string): Promise<unknown>;
  /**
   * Whether the client acts for the user of each `userToken`. An SDK client does not.
   *
   * @default false
   */
  readonly isMultiUser?: boolean;
}

/**
 * A client to use in place of the built-in one.
 *
 * It is an `@base44/sdk` client created with a `serviceToken`, an object with the same
 * `asServiceRole.connectors`, or an object with the methods of `asServiceRole.connectors`.
 *
 * @publicApi
 */
export type Base44Client =
  | { readonly asServiceRole: { readonly connectors: ServiceRoleConnectors } }
  | ServiceRoleConnectors;
