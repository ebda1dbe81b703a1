import { type ConnectorsError, isConnectorsError } from '../errors/connectors.error.js';

/**
 * Returns whether the same request may succeed later, which permits a retry if it has no side effects.
 *
 * @internal
 */
export function isTransient(error: unknown): boolean {
  return isConnectorsError(error) && error.retryable;
}

/**
 * Returns whether a failed request was certainly not executed, so that even one with side effects may
 * be sent again.
 *
 * @internal
 */
export function isSafeToRetry(error: unknown): boolean {
  if (!isConnectorsError(error)) return false;
  if (error.code === 'RATE_LIMITED') return true;
  const { isSent } = error as ConnectorsError & { readonly isSent?: boolean };
  return error.code === 'BASE44_UNAVAILABLE' && error.retryable && isSent !== true;
}

/**
 * Returns the delay that Base44 requested, in milliseconds, or 0.
 *
 * @internal
 */
export function getRetryAfterMs(error: unknown): number {
  return isConnectorsError(error) ? (error.retryAfterMs ?? 0) : 0;
}
