import { parseRetryAfter } from '../resilience/retry-after.parser.js';

/**
 * The part of a provider's response that tells a rate limit.
 *
 * @internal
 */
export interface LimitedResponse {
  readonly status: number;
  readonly headers: { get(name: string): unknown };
}

/** The statuses with which providers limit the rate of requests. */
const LIMITING_STATUSES = [403, 429, 503];

/** The starts of the headers with the remaining requests and the time of the reset. */
const QUOTA_PREFIXES = ['x-ratelimit-', 'x-rate-limit-', 'ratelimit-'];

/** A time since 1970, in seconds or in milliseconds. A shorter number is a delay in seconds. */
const EPOCH = /^[1-9]\d{9,12}(\.\d{1,20})?$/;
const MIN_EPOCH_MS = 1e12;

/**
 * Returns the delay that a provider requests before the next request, or `undefined` if its response
 * is no rate limit.
 *
 * @returns milliseconds from `nowMs`, 0 to one day
 * @internal
 */
export function getRetryAfterMs(
  { status, headers }: LimitedResponse,
  nowMs: number,
): number | undefined {
  if (!LIMITING_STATUSES.includes(status)) return undefined;
  return (
    parseRetryAfter(headers.get('retry-after'), nowMs) ??
    (status === 503 ? undefined : getResetMs(headers, nowMs))
  );
}

/**
 * Returns whether a provider certainly did not execute a limited request. A server that responds with
 * 503 may have begun.
 *
 * @internal
 */
export function isUnexecuted({ status }: LimitedResponse): boolean {
  return status === 403 || status === 429;
}

/** Returns the delay until an exhausted quota is reset. */
function getResetMs(headers: LimitedResponse['headers'], nowMs: number): number | undefined {
  const prefix = QUOTA_PREFIXES.find((name) =>
    /^0(, *0)*$/.test(read(headers, `${name}remaining`)),
  );
  if (prefix === undefined) return undefined;
  const reset = read(headers, `${prefix}reset`);
  if (!EPOCH.test(reset)) return parseRetryAfter(reset, nowMs);
  const time = Number(reset);
  const delayMs = (time < MIN_EPOCH_MS ? time * 1000 : time) - nowMs;
  return parseRetryAfter((Math.max(delayMs, 0) / 1000).toFixed(3), nowMs);
}

function read(headers: LimitedResponse['headers'], name: string): string {
  const value = headers.get(name);
  return typeof value === 'string' ? value : '';
}
