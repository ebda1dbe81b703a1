import type * as sdk from './base44-sdk.js';

/**
 * Registers the integration types that the Base44 CLI generates with this module.
 *
 * It reads two registries: the CLI augments one, and the SDK documents the other.
 *
 * @example
 * import type {} from 'nestjs-base44-connectors/base44-types';
 *
 * @packageDocumentation
 */
declare module '@base44/sdk' {
  // The registry that `base44 types generate` augments.
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type
  interface ConnectorTypeRegistry {}
  // The registry that `@base44/sdk` documents.
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type
  interface ConnectorIntegrationTypeRegistry {}
}

/** The integration types that the SDK's own methods accept. */
type SdkIntegrationType = Parameters<sdk.ConnectorsModule['getAccessToken']>[0];

// Augments the same module as applications do, because TypeScript loses augmentations of different paths.
// The values are `unknown`, so that registries with different values are compatible.
declare module './index.js' {
  interface ConnectorIntegrationTypeRegistry
    extends
      Record<keyof sdk.ConnectorTypeRegistry, unknown>,
      Record<keyof sdk.ConnectorIntegrationTypeRegistry, unknown>,
      Record<string extends SdkIntegrationType ? never : SdkIntegrationType, unknown> {}
}
