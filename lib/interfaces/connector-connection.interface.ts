/**
 * A connection of an external service: what is needed to call its API.
 * It is shared by its callers and therefore frozen, `connectionConfig` included.
 *
 * @publicApi
 */
export interface ConnectorConnection {
  /** The OAuth access token, to be sent as `Authorization: Bearer …`. */
  readonly accessToken: string;
  /** Values some connectors need in their URLs, such as a subdomain; `null` when there are none. */
  readonly connectionConfig: Readonly<Record<string, string>> | null;
}

/**
 * A connection as a `ServiceRoleClient` gives it.
 *
 * @publicApi
 */
export interface FetchedConnection extends ConnectorConnection {
  /** When the token expires, in milliseconds since 1970, where Base44 says so. */
  readonly expiresAtMs?: number | undefined;
}

/**
 * The answer of `getAccessToken`, in the shape of Base44's API.
 *
 * @publicApi
 */
export interface ConnectorAccessTokenResponse {
  readonly access_token: string;
  readonly integration_type: string;
  readonly connection_config: Readonly<Record<string, string>> | null;
}

/**
 * @publicApi
 */
export interface GetConnectionOptions {
  /** Gives up waiting for this caller alone; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Asks Base44 even when a connection is kept, and keeps the answer. A request
   * that is already on its way is shared.
   *
   * @default false
   */
  readonly fresh?: boolean | undefined;
}
