import { HttpStatus } from '@nestjs/common';

/**
 * The stable codes of the errors. Each error class has one code, except `BrokerError` and
 * `AppUserConflictError`.
 *
 * @publicApi
 */
export type ConnectorsErrorCode =
  | 'CONFIGURATION'
  | 'INVALID_CONNECTOR'
  | 'INVALID_REQUEST'
  | 'UNTRUSTED_REQUEST'
  | 'SERVICE_ROLE_REQUIRED'
  | 'SERVICE_ROLE_REJECTED'
  | 'CONNECTOR_NOT_CONNECTED'
  | 'CONNECTOR_METERED'
  | 'CONNECTOR_REAUTHORIZATION_REQUIRED'
  | 'CONNECTOR_SCOPE_MISSING'
  | 'APP_USER_REQUIRED'
  | 'ALREADY_CONNECTED'
  | 'CONNECTED_BY_ANOTHER_USER'
  | 'CREDITS_EXHAUSTED'
  | 'RATE_LIMITED'
  | 'BASE44_UNAVAILABLE'
  | 'UNEXPECTED_RESPONSE'
  | 'ORIGIN_NOT_ALLOWED'
  | 'BROKER_NOT_DEPLOYED'
  | 'BROKER_SECRET_REJECTED'
  | 'BROKER_CLOCK_SKEWED'
  | 'BROKER_CONNECTOR_NOT_ALLOWED'
  | 'BROKER_MISCONFIGURED';

const HTTP_STATUS: Readonly<Record<ConnectorsErrorCode, HttpStatus>> = {
  CONFIGURATION: HttpStatus.INTERNAL_SERVER_ERROR,
  INVALID_CONNECTOR: HttpStatus.BAD_REQUEST,
  INVALID_REQUEST: HttpStatus.BAD_REQUEST,
  UNTRUSTED_REQUEST: HttpStatus.FORBIDDEN,
  SERVICE_ROLE_REQUIRED: HttpStatus.INTERNAL_SERVER_ERROR,
  SERVICE_ROLE_REJECTED: HttpStatus.BAD_GATEWAY,
  CONNECTOR_NOT_CONNECTED: HttpStatus.FAILED_DEPENDENCY,
  CONNECTOR_METERED: HttpStatus.FAILED_DEPENDENCY,
  CONNECTOR_REAUTHORIZATION_REQUIRED: HttpStatus.FAILED_DEPENDENCY,
  CONNECTOR_SCOPE_MISSING: HttpStatus.FAILED_DEPENDENCY,
  APP_USER_REQUIRED: HttpStatus.UNAUTHORIZED,
  ALREADY_CONNECTED: HttpStatus.CONFLICT,
  CONNECTED_BY_ANOTHER_USER: HttpStatus.CONFLICT,
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
 * Returns the HTTP status of the response to an error: 500 for an unknown code, which another copy of
 * the package may have. Filters of your own respond with it.
 *
 * @example
 * if (isConnectorsError(error)) throw new HttpException('No calendar', getHttpStatus(error.code));
 *
 * @publicApi
 */
export function getHttpStatus(code: ConnectorsErrorCode): HttpStatus {
  return Object.hasOwn(HTTP_STATUS, code) ? HTTP_STATUS[code] : HttpStatus.INTERNAL_SERVER_ERROR;
}

/**
 * Returns the codes of the errors with an HTTP status.
 *
 * @internal
 */
export function findErrorCodes(status: number): string[] {
  const statuses: Readonly<Record<string, number>> = HTTP_STATUS;
  return Object.keys(statuses).filter((code) => statuses[code] === status);
}
