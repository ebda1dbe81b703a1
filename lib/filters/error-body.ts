import { STATUS_CODES } from 'node:http';
import { HttpStatus } from '@nestjs/common';
import type { ConnectorsError, ConnectorsErrorCode } from '../errors/connectors.error.js';

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

const HTTP_STATUS: Record<ConnectorsErrorCode, HttpStatus> = {
  CONFIGURATION: HttpStatus.INTERNAL_SERVER_ERROR,
  INVALID_CONNECTOR: HttpStatus.BAD_REQUEST,
  INVALID_REQUEST: HttpStatus.BAD_REQUEST,
  UNTRUSTED_REQUEST: HttpStatus.FORBIDDEN,
  SERVICE_ROLE_REQUIRED: HttpStatus.INTERNAL_SERVER_ERROR,
  SERVICE_ROLE_REJECTED: HttpStatus.BAD_GATEWAY,
  CONNECTOR_NOT_CONNECTED: HttpStatus.FAILED_DEPENDENCY,
  CONNECTOR_METERED: HttpStatus.FAILED_DEPENDENCY,
  CONNECTOR_REAUTHORIZATION_REQUIRED: HttpStatus.FAILED_DEPENDENCY,
  APP_USER_REQUIRED: HttpStatus.UNAUTHORIZED,
  CREDITS_EXHAUSTED: HttpStatus.SERVICE_UNAVAILABLE,
  RATE_LIMITED: HttpStatus.SERVICE_UNAVAILABLE,
  BASE44_UNAVAILABLE: HttpStatus.SERVICE_UNAVAILABLE,
  UNEXPECTED_RESPONSE: HttpStatus.BAD_GATEWAY,
  ORIGIN_NOT_ALLOWED: HttpStatus.INTERNAL_SERVER_ERROR,
  BROKER_NOT_DEPLOYED: HttpStatus.BAD_GATEWAY,
  BROKER_SECRET_REJECTED: HttpStatus.BAD_GATEWAY,
  BROKER_CLOCK_SKEWED: HttpStatus.BAD_GATEWAY,
  BROKER_CONNECTOR_NOT_ALLOWED: HttpStatus.FAILED_DEPENDENCY,
  BROKER_MISCONFIGURED: HttpStatus.BAD_GATEWAY,
};

/**
 * Returns the HTTP status of the response to an error. Filters of your own respond with it.
 *
 * @example
 * if (isConnectorsError(error)) throw new HttpException('No calendar', getHttpStatus(error.code));
 *
 * @publicApi
 */
export function getHttpStatus(code: ConnectorsErrorCode): HttpStatus {
  return HTTP_STATUS[code];
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
