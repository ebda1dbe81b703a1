/**
 * A metered call as it arrives at Base44's proxy.
 *
 * @publicApi
 */
export interface MeteredRequest {
  /**
   * The HTTP method.
   *
   * @default 'GET'
   */
  readonly method: string;
  /** One of the connector's API hosts. Absent for the default host. */
  readonly host?: string;
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  /**
   * The JSON body.
   *
   * @default null
   */
  readonly body: unknown;
}

/**
 * The response of a metered connector's provider.
 *
 * @publicApi
 */
export interface MeteredResponse {
  /**
   * The provider's status.
   *
   * @default 200, or `null` in a phase without a response
   */
  readonly status?: number | null | undefined;
  /**
   * The provider's JSON body.
   *
   * @default null
   */
  readonly data?: unknown;
  /**
   * A binary body in base64, instead of `data`. `null` is sent as `null`.
   *
   * @default the response has no `data_base64`
   */
  readonly dataBase64?: string | null | undefined;
  /**
   * The media type of `dataBase64`. `null` is sent as `null`.
   *
   * @default the response has no `content_type`
   */
  readonly contentType?: string | null | undefined;
  /**
   * The provider's response headers.
   *
   * @default {}
   */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * The phase in which the call ended.
   *
   * @default 'responded'
   */
  readonly phase?: 'not_sent' | 'responded' | 'timed_out' | 'sent_unconfirmed' | undefined;
  /**
   * The integration credits that the call costs.
   *
   * @default the connector's `creditsPerCall`, or 0 if the call was not sent
   */
  readonly creditsCharged?: number | undefined;
}

/**
 * Responds to metered calls in place of the provider.
 *
 * @publicApi
 */
export type MeteredProvider = (
  request: MeteredRequest,
) => MeteredResponse | Promise<MeteredResponse>;

/**
 * The options of a metered connector.
 *
 * @publicApi
 */
export interface MeterOptions {
  /**
   * The function that responds in place of the provider.
   *
   * @default an empty response with status 200
   */
  readonly respond?: MeteredProvider | undefined;
  /**
   * The price of a call, in integration credits.
   *
   * @default 1
   */
  readonly creditsPerCall?: number | undefined;
}

export interface Meter {
  readonly respond: MeteredProvider;
  readonly creditsPerCall: number;
}

export function createMeter({ respond = () => ({}), creditsPerCall = 1 }: MeterOptions): Meter {
  return { respond, creditsPerCall };
}
