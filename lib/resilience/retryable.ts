import { Base44RateLimitedError, Base44UnavailableError } from '../errors/base44.errors.js';
import { isConnectorsError } from '../errors/connectors.error.js';

/**
 * Whether a request that changes nothing may be sent again.
 *
 * @internal
 */
export function isTransient(error: unknown): boolean {
  return isConnectorsError(error) && error.retryable;
}

/**
 * Whether a request that may change something may be sent again: it was certainly not executed.
 *
 * @internal
 */
export function isSafeToRetry(error: unknown): boolean {
  if (error instanceof Base44RateLimitedError) return true;
  return error instanceof Base44UnavailableError && error.retryable && !error.isSent;
}

/**
 * How long Base44 asked to wait, in milliseconds; 0 where it did not.
 *
 * @internal
 */
export function getRetryAfterMs(error: unknown): number {
  return isConnectorsError(error) ? (error.retryAfterMs ?? 0) : 0;
}
