import { Base44RateLimitedError, Base44UnavailableError } from '../errors/base44.errors.js';
import { isConnectorsError } from '../errors/connectors.error.js';

/**
 * Tells whether the same request may succeed later. Enough for requests that change nothing.
 *
 * @internal
 */
export function isTransient(error: unknown): boolean {
  return isConnectorsError(error) && error.retryable;
}

/**
 * Tells whether a failed request was certainly not executed, so that even one with side effects may
 * be sent again.
 *
 * @internal
 */
export function isSafeToRetry(error: unknown): boolean {
  if (error instanceof Base44RateLimitedError) return true;
  return error instanceof Base44UnavailableError && error.retryable && !error.isSent;
}

/**
 * Returns the delay that Base44 asked for, in milliseconds, or 0.
 *
 * @internal
 */
export function getRetryAfterMs(error: unknown): number {
  return isConnectorsError(error) ? (error.retryAfterMs ?? 0) : 0;
}
