/**
 * The options of `ConnectorsService.fetchFor()`.
 *
 * @publicApi
 */
export interface ConnectorFetchOptions {
  /**
   * Retries like `retry` of `ConnectorFetchInit`.
   *
   * @default `retry` in `forFeature`, or `false`
   */
  readonly retry?: boolean | undefined;
}
