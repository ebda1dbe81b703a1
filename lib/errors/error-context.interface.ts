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
  /**
   * The kind of the connector.
   *
   * @default 'integrationType'
   */
  readonly kind?: 'integrationType' | 'workspaceConnector' | 'appUserConnector';
  /** The operation that failed. Absent if it is the request of a connection. */
  readonly operation?: 'callApi' | 'connectAppUser' | 'disconnectAppUser';
  /** The option that configures the URL, if it is not `serverUrl`. */
  readonly address?: 'broker.url' | 'appUrl';
}
