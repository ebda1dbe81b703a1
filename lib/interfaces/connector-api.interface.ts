/**
 * The HTTP methods that Base44's proxy for metered connectors forwards.
 *
 * @publicApi
 */
export type ConnectorApiMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';

/**
 * A request to the API of a metered connector, which Base44 sends on the app's behalf.
 *
 * @example
 * { path: '/2/tweets', query: { max_results: 10 } }
 * { method: 'POST', path: '/2/tweets', body: { text: 'Hello' } }
 *
 * @publicApi
 */
export interface ConnectorApiRequest {
  /**
   * The HTTP method.
   *
   * @default 'GET'
   */
  readonly method?: ConnectorApiMethod | undefined;
  /**
   * The name of one of the connector's API hosts.
   *
   * @default the connector's first host
   */
  readonly host?: string | null | undefined;
  /** The path below the connector's API root, such as `'/2/tweets'`. A whole URL is rejected. */
  readonly path: string;
  /** The query of the URL. */
  readonly query?:
    Readonly<Record<string, string | number | boolean | readonly (string | number)[]>> | undefined;
  /** Headers for the provider. Base44 drops headers that the connector does not allow. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** A value to send as JSON. Base44 ignores it for `GET` and `HEAD`. */
  readonly body?: unknown;
}

/**
 * The phase in which a metered call ended. Only `not_sent` proves that the provider executed nothing.
 *
 * @publicApi
 */
export type ConnectorApiPhase = 'not_sent' | 'responded' | 'timed_out' | 'sent_unconfirmed';

/**
 * The result of a metered call. A 4xx or 5xx of the provider is a result with `success: false`, not an error.
 *
 * @publicApi
 */
export interface ConnectorApiResponse<T = unknown> {
  /** Whether the provider responded with a 2xx status. */
  readonly success: boolean;
  /** The phase in which the call ended. */
  readonly phase: ConnectorApiPhase;
  /** The provider's status. `null` if the provider did not respond. */
  readonly status: number | null;
  /** The parsed body. `null` if there is none, or if the body is in `dataBase64`. */
  readonly data: T | null;
  /** A binary body in base64. */
  readonly dataBase64: string | null;
  /** The media type of `dataBase64`. */
  readonly contentType: string | null;
  /** The provider's response headers. */
  readonly headers: Readonly<Record<string, string>>;
  /** The integration credits that this call cost. */
  readonly creditsCharged: number;
}

/**
 * The options of `ConnectorsService.callApi()`.
 *
 * @publicApi
 */
export interface CallApiOptions {
  /** The signal that ends the call, which rejects with its reason. The provider may have executed the call. */
  readonly signal?: AbortSignal | undefined;
}
