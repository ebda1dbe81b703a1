/**
 * The options of `ConnectorsExceptionFilter`.
 *
 * @publicApi
 */
export interface ConnectorsExceptionFilterOptions {
  /**
   * Sends clients only the status of errors with status 500 and above, and whether to retry. The log
   * has their codes and messages.
   *
   * @default false
   */
  readonly hideServerErrors?: boolean | undefined;
  /**
   * Also responds to an error of another library that contains an error of this package, such as an
   * error of a provider's SDK. `findConnectorsError` describes where it searches. An exception of Nest, such
   * as `HttpException`, stays the response even if it has a cause.
   *
   * @default false
   */
  readonly findCauses?: boolean | undefined;
}
