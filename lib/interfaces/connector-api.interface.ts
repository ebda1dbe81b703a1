/**
 * The methods that Base44's proxy forwards.
 *
 * @publicApi
 */
export type ConnectorApiMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';

/**
 * A request to a metered connector's API, which Base44 sends on the app's behalf.
 *
 * @publicApi
 */
export interface ConnectorApiRequest {
  /** @default 'GET' */
  readonly method?: ConnectorApiMethod | undefined;
  /** The name of one of the connector's API hosts. Left out: its default host. */
  readonly host?: string | null | undefined;
  /** Path below the connector's API root, such as `'/2/tweets'`. */
  readonly path: string;
  readonly query?:
    Readonly<Record<string, string | number | boolean | readonly (string | number)[]>> | undefined;
  /** Headers for the provider; those that the connector does not allow are dropped by Base44. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** JSON body; ignored by Base44 for `GET` and `HEAD`. */
  readonly body?: unknown;
}

/**
 * How far a metered call went. Only `not_sent` proves that the provider executed nothing.
 *
 * @publicApi
 */
export type ConnectorApiPhase = 'not_sent' | 'responded' | 'timed_out' | 'sent_unconfirmed';

/**
 * The provider's answer to a metered call. A provider's own 4xx or 5xx is an
 * answer like any other, with `success: false`.
 *
 * @publicApi
 */
export interface ConnectorApiResponse<T = unknown> {
  /** `true` only when the provider answered with a 2xx status. */
  readonly success: boolean;
  readonly phase: ConnectorApiPhase;
  /** The provider's status, `null` when it gave no answer. */
  readonly status: number | null;
  /** The parsed body; `null` when there was none, or when it is in `dataBase64`. */
  readonly data: T | null;
  /** A binary body, base64-encoded. */
  readonly dataBase64: string | null;
  /** The media type of `dataBase64`. */
  readonly contentType: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Integration credits that this call cost. */
  readonly creditsCharged: number;
}

/**
 * @publicApi
 */
export interface CallApiOptions {
  /** Gives up waiting; the promise then rejects with the signal's reason. The provider may have executed the call. */
  readonly signal?: AbortSignal | undefined;
}
