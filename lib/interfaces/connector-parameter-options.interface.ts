/**
 * The options of the parameter decorators, such as `@ConnectorToken()`.
 *
 * @publicApi
 */
export interface ConnectorParameterOptions {
  /**
   * Injects `null` if the connector is not connected, instead of rejecting the request.
   *
   * @default false
   */
  readonly optional?: boolean | undefined;
  /**
   * The name of the `ConnectorsModule` instance.
   *
   * @default the instance without a name
   */
  readonly instance?: string | undefined;
}
