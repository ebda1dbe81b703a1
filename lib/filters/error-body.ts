import { STATUS_CODES } from 'node:http';
import type { ConnectorsError } from '../errors/connectors.error.js';
import { type ConnectorsErrorCode, getHttpStatus } from '../errors/error-code.js';

/**
 * The response body that a client receives for an error.
 *
 * @publicApi
 */
export interface ConnectorsErrorBody {
  readonly statusCode: number;
  /** The stable code of the error, unless `hideServerErrors` hides it. */
  readonly error?: ConnectorsErrorCode | undefined;
  readonly message: string;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** The identifier of the connector, when the error is about a connector. */
  readonly connector?: string | undefined;
}

/**
 * Returns the response body for an error.
 *
 * @param hidesServerErrors - hides the code, message and connector of errors with status 500 and above
 * @internal
 */
export function toErrorBody(
  error: ConnectorsError,
  hidesServerErrors: boolean,
): ConnectorsErrorBody {
  const { code, message, retryable, connector } = error;
  const statusCode: number = getHttpStatus(code);
  if (hidesServerErrors && statusCode >= 500) {
    return { statusCode, message: STATUS_CODES[statusCode] ?? 'Error', retryable };
  }
  return {
    statusCode,
    error: code,
    message,
    retryable,
    ...(connector === undefined ? {} : { connector }),
  };
}
