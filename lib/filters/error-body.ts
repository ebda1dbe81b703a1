import type { ConnectorsError } from '../errors/connectors.error.js';
import { type ConnectorsErrorCode, getHttpStatus } from '../errors/error-code.js';

/**
 * The response body that a client receives for an error.
 *
 * @publicApi
 */
export interface ConnectorsErrorBody {
  readonly statusCode: number;
  /** The stable code of the error. */
  readonly error: ConnectorsErrorCode;
  readonly message: string;
  /** The identifier of the connector, when the error is about a connector. */
  readonly connector?: string | undefined;
}

/**
 * Returns the response body for an error.
 *
 * @internal
 */
export function toErrorBody({ code, message, connector }: ConnectorsError): ConnectorsErrorBody {
  return {
    statusCode: getHttpStatus(code),
    error: code,
    message,
    ...(connector === undefined ? {} : { connector }),
  };
}
