import { isConnectorsError } from '../errors/connectors.error.js';
import type { ConnectorsErrorCode } from '../errors/error-code.js';
import type { Verdict } from './circuit-breaker.js';
import type { Outcome } from './outcome.js';
import { isRemembered } from './refusal.js';

/** The errors that arise before a request is sent, unless they have the status of a response. */
const LOCAL_CODES: ReadonlySet<ConnectorsErrorCode> = new Set([
  'CONFIGURATION',
  'INVALID_CONNECTOR',
  'INVALID_REQUEST',
  'UNTRUSTED_REQUEST',
  'SERVICE_ROLE_REQUIRED',
  'APP_USER_REQUIRED',
]);

/**
 * Returns what the outcome of an attempt says about Base44. Any response but an outage shows that it is
 * available. A caller's abort, an error of this application and a remembered refusal say nothing.
 *
 * @param signal - the signal of the call, whose reason is an error of this package if a deadline passed
 * @internal
 */
export function judgeAttempt(outcome: Outcome<unknown>, signal: AbortSignal): Verdict {
  if ('value' in outcome) return 'success';
  const error: unknown = signal.aborted ? signal.reason : outcome.error;
  if (!isConnectorsError(error) || isRemembered(error)) return 'undecided';
  if (error.code === 'BASE44_UNAVAILABLE') return 'failure';
  return error.status === undefined && LOCAL_CODES.has(error.code) ? 'undecided' : 'success';
}
