import type { ProviderAddress } from './connector-feature.interface.js';

/**
 * The options of `ConnectorsService.fetchFor()`. An address has the same limits as in `ConnectorFetchInit`.
 *
 * @publicApi
 */
export interface ConnectorFetchOptions extends ProviderAddress {
  /**
   * Retries like `retry` of `ConnectorFetchInit`.
   *
   * @default `retry` in `forFeature`, or `false`
   */
  readonly retry?: boolean | undefined;
}
