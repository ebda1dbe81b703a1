/**
 * The connection of a connector: the access token and the values that its API's URLs need.
 *
 * Callers share it, so it is frozen, including `connectionConfig`.
 *
 * @publicApi
 */
export interface ConnectorConnection {
  /** The OAuth access token, to send as `Authorization: Bearer …`. */
  readonly accessToken: string;
  /** Values for the URLs of some APIs, such as `subdomain`. `null` if there are none. */
  readonly connectionConfig: Readonly<Record<string, string>> | null;
}

/**
 * A connection as a `ServiceRoleClient` returns it.
 *
 * @publicApi
 */
export interface FetchedConnection extends ConnectorConnection {
  /** The expiry of the token, in milliseconds since 1970. Absent if Base44 does not report it. */
  readonly expiresAtMs?: number | undefined;
}

/**
 * The result of `ConnectorsService.getAccessToken()` and `getCurrentAppUserAccessToken()`, with the field
 * names of Base44's API. It throws `InvalidRequestError` when it is converted to a string.
 *
 * @publicApi
 */
export interface ConnectorAccessTokenResponse {
  /** The OAuth access token, to send as `Authorization: Bearer …`. */
  readonly access_token: string;
  /** The integration type, or the id of an app-user connector. */
  readonly integration_type: string;
  /** Values for the URLs of some APIs, such as `subdomain`. `null` if there are none. */
  readonly connection_config: Readonly<Record<string, string>> | null;
}

/**
 * The options of `ConnectorsService.getConnection()` and its siblings.
 *
 * @publicApi
 */
export interface GetConnectionOptions {
  /** The signal that ends this call, which rejects with its reason. It affects no other calls. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Requests the connection from Base44 even if it is cached or was refused before, and caches the response.
   * The call joins a request that is already in flight.
   *
   * @default false
   */
  readonly fresh?: boolean | undefined;
}
