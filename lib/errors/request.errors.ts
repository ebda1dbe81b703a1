import { ConnectorsError } from './connectors.error.js';
import type { ErrorContext } from './error-context.interface.js';

/**
 * Thrown when a request cannot be sent. Nothing was sent.
 *
 * The cause is an argument of `callApi` or `fetch`, an invalid user token, or an incoming request with
 * malformed Base44 headers. `ConnectorsExceptionFilter` responds with 400.
 *
 * @publicApi
 */
export class InvalidRequestError extends ConnectorsError {
  readonly code = 'INVALID_REQUEST';
}

/**
 * Thrown when an incoming request names a Base44 server or app that is not trusted. Nothing was sent.
 *
 * The options `serverUrl`, `appId`, `request.trustedServerUrls` and `request.trustedAppIds` are trusted.
 * `ConnectorsExceptionFilter` responds with 403.
 *
 * @publicApi
 */
export class UntrustedRequestError extends ConnectorsError {
  readonly code = 'UNTRUSTED_REQUEST';
}

/**
 * Thrown when a URL is outside the connector's origins, or when no origin is known. Also thrown for a
 * redirect to plain http, or to a URL with a user name or password. Nothing was sent to that URL.
 *
 * `connector` is the connector whose token would have been sent. `ConnectorsExceptionFilter` responds with 500.
 *
 * @publicApi
 */
export class OriginNotAllowedError extends ConnectorsError {
  readonly code = 'ORIGIN_NOT_ALLOWED';

  constructor({ connector }: Pick<ErrorContext, 'connector'>, message: string) {
    super(message, { connector });
  }
}
