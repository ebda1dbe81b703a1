/**
 * The failed call. The constructor of an error writes it into the message and the fields.
 *
 * @publicApi
 */
export interface ErrorContext {
  /** The id of the Base44 app. */
  readonly appId: string;
  /** The identifier of the connector. */
  readonly connector: string;
  /** Whether the connection belongs to the app's signed-in user. */
  readonly isOfAppUser?: boolean;
  /** The option that configures the URL, if the request does not go to Base44 itself. */
  readonly address?: 'broker.url';
}
