/**
 * Describes the failed call to the constructor of an error, which writes it into the message and the fields.
 *
 * @publicApi
 */
export interface ErrorContext {
  readonly appId: string;
  readonly connector: string;
  /** Whether the connection belongs to the app's signed-in user. */
  readonly isOfAppUser?: boolean;
  /** The option that configures the URL, if the request does not go to Base44 itself. */
  readonly address?: 'broker.url';
}
