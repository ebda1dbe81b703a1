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
}
