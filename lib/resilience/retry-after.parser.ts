const SECONDS = String.raw`\d{1,10}(?:\.\d{1,20})?`;
const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const TIME = String.raw`\d{2}:\d{2}:\d{2}`;

const IMF_FIXDATE = String.raw`${DAY}, \d{2} ${MONTH} \d{4} ${TIME} GMT`;
const RFC850_DATE = String.raw`(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d{2}-${MONTH}-\d{2} ${TIME} GMT`;
const ASCTIME_DATE = String.raw`${DAY} ${MONTH} [ \d]\d ${TIME} \d{4}`;

const VALUE = [SECONDS, IMF_FIXDATE, RFC850_DATE, ASCTIME_DATE].join('|');
const VALUES = new RegExp(`^(?:${VALUE})(?:, *(?:${VALUE}))*$`);
const EACH_VALUE = new RegExp(VALUE, 'g');

/** A repeated header is longer than any single value, but not by much. */
const MAX_LENGTH = 256;

/** One day. Longer delays are capped. */
const MAX_RETRY_AFTER_MS = 86_400_000;

/**
 * Parses a `Retry-After` header: seconds or an HTTP date (RFC 9110, sections 10.2.3 and 5.6.7). Also
 * accepts fractions of seconds. The longest delay of a repeated header applies.
 *
 * @returns milliseconds from `nowMs`, 0 to one day, or `undefined` for any other value
 * @internal
 */
export function parseRetryAfter(value: unknown, nowMs: number): number | undefined {
  if (typeof value !== 'string' || value.length > MAX_LENGTH || !VALUES.test(value)) {
    return undefined;
  }
  const delaysMs = (value.match(EACH_VALUE) ?? []).map((one) => parseDelayMs(one, nowMs));
  const retryAfterMs = Math.max(...delaysMs);
  return Number.isNaN(retryAfterMs)
    ? undefined
    : Math.min(Math.max(retryAfterMs, 0), MAX_RETRY_AFTER_MS);
}

function parseDelayMs(value: string, nowMs: number): number {
  if (/^\d/.test(value)) return Math.ceil(Number(value) * 1000);
  // A date in the form of asctime names no zone, and `Date.parse` would take the local one.
  return Date.parse(value.endsWith('GMT') ? value : `${value} GMT`) - nowMs;
}
