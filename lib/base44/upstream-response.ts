/**
 * A response of Base44 or of the broker.
 *
 * @internal
 */
export interface UpstreamResponse {
  readonly status: number;
  /** The header names are in lower case. */
  readonly headers: Readonly<Record<string, unknown>>;
  /** The parsed JSON body. A body that is not JSON stays a string. */
  readonly body: unknown;
}

/** @internal */
export function isSuccess({ status }: UpstreamResponse): boolean {
  return status >= 200 && status < 300;
}

/**
 * Returns whether a body is a web page, which a proxy or the app's own site sends in place of JSON.
 *
 * @internal
 */
export function isHtml(body: unknown): boolean {
  return typeof body === 'string' && body.trimStart().startsWith('<');
}
