/**
 * @publicApi
 */
export interface ConnectorParameterOptions {
  /**
   * Gives `null` when the connector is not connected, instead of failing the request.
   *
   * @default false
   */
  readonly optional?: boolean | undefined;
  /** The name of the `ConnectorsModule` instance to ask. Left out: the default instance. */
  readonly instance?: string | undefined;
}
