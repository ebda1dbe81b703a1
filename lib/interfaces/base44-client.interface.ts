import type { ConnectorApiRequest } from './connector-api.interface.js';

/**
 * The connectors of a service-role client, as the official `@base44/sdk` offers
 * them. Older versions lack some of the methods; those that are called must be there.
 *
 * @publicApi
 */
export interface ServiceRoleConnectors {
  getConnection?(integrationType: string): Promise<unknown>;
  /** Asked only where `getConnection` is missing (`@base44/sdk` before 0.8.19). */
  getAccessToken?(integrationType: string): Promise<unknown>;
  getWorkspaceConnection?(connectorId: string): Promise<unknown>;
  callApi?(integrationType: string, request: ConnectorApiRequest): Promise<unknown>;
  /**
   * Asked only where `isMultiUser` is `true`: a client of the SDK answers for the user
   * that it was made for, whoever is signed in.
   */
  getCurrentAppUserConnection?(connectorId: string, userToken: string): Promise<unknown>;
  /** Says that this is no client of the SDK, but one that heeds `userToken`. */
  readonly isMultiUser?: boolean;
}

/**
 * An `@base44/sdk` client made with a `serviceToken`, or anything with the same
 * `asServiceRole.connectors`, or these connectors themselves.
 *
 * @publicApi
 */
export type Base44Client =
  | { readonly asServiceRole: { readonly connectors: ServiceRoleConnectors } }
  | ServiceRoleConnectors;
