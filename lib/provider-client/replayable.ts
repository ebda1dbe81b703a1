/** The methods of RFC 9110, section 9.2.2, except `TRACE`, which must not carry credentials. */
const IDEMPOTENT_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

const REPLAYABLE_TYPES = [ArrayBuffer, Blob, FormData, URLSearchParams];

/** @internal */
export function isIdempotent(method: string): boolean {
  return IDEMPOTENT_METHODS.has(method.toUpperCase());
}

/**
 * Returns whether a body can be sent again. A stream cannot, because sending consumes it.
 *
 * @internal
 */
export function isReplayable(body: unknown): boolean {
  return (
    body === undefined ||
    body === null ||
    typeof body === 'string' ||
    ArrayBuffer.isView(body) ||
    REPLAYABLE_TYPES.some((type) => body instanceof type)
  );
}
