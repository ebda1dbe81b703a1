import type * as sdk from './base44-sdk.js';

/**
 * Makes the integration types that the Base44 CLI generated those of this module, whichever of the two
 * names they are registered under: the CLI's or the SDK's.
 *
 * @example
 * import type {} from 'nestjs-base44-connectors/base44-types';
 *
 * @packageDocumentation
 */
declare module '@base44/sdk' {
  // What `base44 types generate` writes.
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type
  interface ConnectorTypeRegistry {}
  // What `@base44/sdk` documents.
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type
  interface ConnectorIntegrationTypeRegistry {}
}

/** The types that the SDK's own methods take. */
type SdkIntegrationType = Parameters<sdk.ConnectorsModule['getAccessToken']>[0];

// By the entry that applications augment: of augmentations by another way TypeScript loses some.
// The values are nobody's business, so that those of several registries agree.
declare module './index.js' {
  interface ConnectorIntegrationTypeRegistry
    extends
      Record<keyof sdk.ConnectorTypeRegistry, unknown>,
      Record<keyof sdk.ConnectorIntegrationTypeRegistry, unknown>,
      Record<string extends SdkIntegrationType ? never : SdkIntegrationType, unknown> {}
}
