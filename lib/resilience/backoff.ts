const INITIAL_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 2_000;

/**
 * Returns the delay before a retry, in milliseconds: exponential with full jitter, added to the
 * delay that the server requested.
 *
 * @param retry - 1 for the first retry
 * @internal
 */
export function backoffMs(retry: number, retryAfterMs: number): number {
  const ceilingMs = Math.min(MAX_BACKOFF_MS, INITIAL_BACKOFF_MS * 2 ** retry);
  return retryAfterMs + Math.random() * ceilingMs;
}
