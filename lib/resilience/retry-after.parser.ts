const DELAY_SECONDS = /^\d{1,10}$/;
const IMF_FIXDATE =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** One day. Longer delays are capped. */
const MAX_RETRY_AFTER_MS = 86_400_000;

/**
 * Parses a `Retry-After` header: seconds or an HTTP date (RFC 9110, section 10.2.3).
 *
 * @returns milliseconds from `nowMs`, 0 to one day, or `undefined` for any other value
 * @internal
 */
export function parseRetryAfter(value: unknown, nowMs: number): number | undefined {
  if (typeof value !== 'string') return undefined;
  const retryAfterMs = DELAY_SECONDS.test(value)
    ? Number(value) * 1000
    : IMF_FIXDATE.test(value)
      ? Date.parse(value) - nowMs
      : Number.NaN;
  return Number.isNaN(retryAfterMs)
    ? undefined
    : Math.min(Math.max(retryAfterMs, 0), MAX_RETRY_AFTER_MS);
}
