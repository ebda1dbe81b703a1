import { isConnectorsError } from '../errors/connectors.error.js';
import type { ConnectorErrorType } from '../interfaces/telemetry.interface.js';

/** The names of the errors of the Fetch standard and of axios for an aborted request. */
const ABORT_NAMES = ['AbortError', 'CanceledError'];

/**
 * Returns the type of a failure, which contains no text from outside.
 *
 * @internal
 */
export function getErrorType(error: unknown): ConnectorErrorType {
  if (isConnectorsError(error)) return error.code;
  return error instanceof Error && ABORT_NAMES.includes(error.name) ? 'ABORTED' : 'OTHER';
}
