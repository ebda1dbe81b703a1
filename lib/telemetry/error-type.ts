import { isConnectorsError } from '../errors/connectors.error.js';
import type { ConnectorErrorType } from '../interfaces/telemetry.interface.js';

/**
 * The names of the errors of `AbortController`, `AbortSignal.timeout()` and axios for an aborted request. The
 * deadlines of this package have errors of their own.
 */
const ABORT_NAMES = ['AbortError', 'TimeoutError', 'CanceledError'];

/**
 * Returns the type of a failure, which contains no text from outside.
 *
 * @internal
 */
export function getErrorType(error: unknown): ConnectorErrorType {
  if (isConnectorsError(error)) return error.code;
  return isAbort(error) ? 'ABORTED' : 'OTHER';
}

/** Reads the name, because a `DOMException` of another realm is no instance of `Error`. */
function isAbort(error: unknown): boolean {
  try {
    return ABORT_NAMES.includes(String((Object(error) as { name: unknown }).name));
  } catch {
    return false;
  }
}
