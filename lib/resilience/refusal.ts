import { Base44RateLimitedError } from '../errors/base44.errors.js';
import { type ConnectorsError, isConnectorsError } from '../errors/connectors.error.js';
import type { ErrorContext } from '../errors/error-context.interface.js';
import { ServiceRoleRejectedError } from '../errors/service-role.errors.js';

/**
 * A response with which Base44 refuses all requests of a service role for a while: a rate limit, or
 * the rejection of the service token.
 *
 * @internal
 */
export interface Refusal {
  readonly code: ConnectorsError['code'];
  readonly durationMs: number;
  /** Creates the error of a call that was not sent. */
  readonly createError: (context: ErrorContext, remainingMs: number) => ConnectorsError;
}

/**
 * Returns the refusal that an error reports, if it does.
 *
 * @param rejectedMs - the duration after the rejection of a service token
 * @internal
 */
export function toRefusal(error: unknown, rejectedMs: number): Refusal | undefined {
  if (!isConnectorsError(error)) return undefined;
  const { code } = error;
  if (code === 'RATE_LIMITED') {
    const { status = 429, retryAfterMs: durationMs = 0 } = error;
    const createError: Refusal['createError'] = (context, remainingMs) =>
      new Base44RateLimitedError(context, status, remainingMs);
    return durationMs > 0 ? { code, durationMs, createError } : undefined;
  }
  if (code === 'SERVICE_ROLE_REJECTED') {
    const { status = 401 } = error;
    const createError: Refusal['createError'] = (context) =>
      new ServiceRoleRejectedError(context, status);
    return rejectedMs > 0 ? { code, durationMs: rejectedMs, createError } : undefined;
  }
  return undefined;
}

/** The errors of calls that were not sent. They are no response of Base44. */
const remembered = new WeakSet();

/**
 * Creates the error of a call that was not sent, because Base44 refused another one before.
 *
 * @internal
 */
export function createRememberedError(
  { createError }: Refusal,
  context: ErrorContext,
  remainingMs: number,
): ConnectorsError {
  const error = createError(context, remainingMs);
  remembered.add(error);
  return error;
}

/**
 * Returns whether an error comes from an earlier refusal, so that its own call was not sent.
 *
 * @internal
 */
export function isRemembered(error: ConnectorsError): boolean {
  return remembered.has(error);
}
