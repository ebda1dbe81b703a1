/**
 * The identity of the work that `ConnectorsService.runAs()` runs.
 *
 * @publicApi
 */
export interface RunAsIdentity {
  /** The token that Base44 issued to a user of the app. An empty string means anonymous. */
  readonly userToken: string;
}
