import { HttpStatus } from '@nestjs/common';
import type { ConnectorsError, ConnectorsErrorCode } from '../errors/connectors.error.js';

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
 * Returns the response body for an error.
 *
 * @internal
 */
export function toErrorBody({ code, message, connector }: ConnectorsError): ConnectorsErrorBody {
  return {
    statusCode: HTTP_STATUS[code],
    error: code,
    message,
    ...(connector === undefined ? {} : { connector }),
  };
}
