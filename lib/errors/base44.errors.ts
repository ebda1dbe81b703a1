import { ConnectorsError } from './connectors.error.js';
import type { ErrorContext } from './error-context.interface.js';

/**
 * Thrown when the workspace has no integration credits left for a metered call.
 *
 * `status` is the status of Base44's response. `ConnectorsExceptionFilter` responds with 503.
 *
 * @publicApi
 */
export class CreditsExhaustedError extends ConnectorsError {
  readonly code = 'CREDITS_EXHAUSTED';

  constructor({ appId, connector }: ErrorContext, status: number) {
    super(
      `The workspace of app ${appId} has no integration credits left to call '${connector}'. ` +
        'Add credits in the billing settings of the Base44 workspace.',
      { connector, status },
    );
  }
}

/**
 * Thrown when Base44 limits the request rate (status 429).
 *
 * `retryAfterMs` is the delay that Base44 requests, in milliseconds, if it requests one.
 * `ConnectorsExceptionFilter` responds with 503, and with `Retry-After` if `retryAfterMs` is set.
 *
 * @publicApi
 */
export class Base44RateLimitedError extends ConnectorsError {
  readonly code = 'RATE_LIMITED';
  override readonly retryable = true;

  constructor({ appId, connector }: ErrorContext, status: number, retryAfterMs?: number) {
    super(
      `Base44 limits the request rate of app ${appId}. ` +
        (retryAfterMs === undefined ? 'Try again later.' : `Try again in ${retryAfterMs} ms.`),
      { connector, status, retryAfterMs },
    );
  }
}

/**
 * Thrown when Base44 fails or is unreachable. An outage is never reported as "not connected".
 *
 * The cause is a 5xx response, a network or TLS error, a missed deadline, an open circuit breaker,
 * or an application that is closing.
 *
 * `status` and `retryAfterMs` come from Base44's response, if there was one. `retryable` is `false`
 * for TLS errors. `ConnectorsExceptionFilter` responds with 503.
 *
 * @publicApi
 */
export class Base44UnavailableError extends ConnectorsError {
  readonly code = 'BASE44_UNAVAILABLE';
  override readonly retryable: boolean;
  /** Whether the request may have reached Base44. */
  readonly isSent: boolean;

  constructor(
    { connector }: Pick<ErrorContext, 'connector'>,
    reason: string,
    { retryable = true, isSent = true, remedy, status, retryAfterMs }: UnavailableDetails = {},
  ) {
    const defaultRemedy = retryable
      ? 'Try again later.'
      : 'Check the configured URL and the certificates that this process trusts.';
    super(`Base44 is unavailable: ${reason}. ${remedy ?? defaultRemedy}`, {
      connector,
      status,
      retryAfterMs,
    });
    this.retryable = retryable;
    this.isSent = isSent;
  }
}

interface UnavailableDetails {
  readonly retryable?: boolean;
  readonly isSent?: boolean;
  /** The sentence with the remedy, in place of the default one. */
  readonly remedy?: string;
  readonly status?: number | undefined;
  readonly retryAfterMs?: number | undefined;
}

const CHECK_URL = 'Check that the configured URL points to Base44 itself, or to the broker.';

/**
 * Thrown when a response contains no usable result: HTML, invalid JSON, a redirect,
 * a missing token, or a body over the size limit.
 *
 * `status` is the status of the response, if it is known. `ConnectorsExceptionFilter` responds with 502.
 *
 * @publicApi
 */
export class UnexpectedResponseError extends ConnectorsError {
  readonly code = 'UNEXPECTED_RESPONSE';

  constructor(
    { connector }: Pick<ErrorContext, 'connector'>,
    reason: string,
    { status, remedy = CHECK_URL }: { status?: number; remedy?: string } = {},
  ) {
    super(`The response for connector '${connector}' cannot be used: ${reason}. ${remedy}`, {
      connector,
      status,
    });
  }
}
