import type { ErrorSubject } from './connection.errors.js';
import { ConnectorsError } from './connectors.error.js';

/**
 * The workspace has no integration credits left for a metered call.
 *
 * @publicApi
 */
export class CreditsExhaustedError extends ConnectorsError {
  readonly code = 'CREDITS_EXHAUSTED';

  constructor({ appId, connector }: ErrorSubject, status: number) {
    super(
      `The workspace of app ${appId} has no integration credits left to call '${connector}'. ` +
        'Add credits in the workspace billing of Base44.',
      { connector, status },
    );
  }
}

/**
 * Base44 limits the rate of requests. `retryAfterMs` says how long it asked to wait, where it did.
 *
 * @publicApi
 */
export class Base44RateLimitedError extends ConnectorsError {
  readonly code = 'RATE_LIMITED';
  override readonly retryable = true;

  constructor({ appId, connector }: ErrorSubject, status: number, retryAfterMs?: number) {
    super(
      `Base44 limits the rate of requests of app ${appId}. ` +
        (retryAfterMs === undefined ? 'Try again later.' : `Try again in ${retryAfterMs} ms.`),
      { connector, status, retryAfterMs },
    );
  }
}

/**
 * Base44 could not be reached, or failed: a 5xx answer, a network or TLS fault,
 * no answer within the deadline. An outage is never reported as "not connected".
 *
 * @publicApi
 */
export class Base44UnavailableError extends ConnectorsError {
  readonly code = 'BASE44_UNAVAILABLE';
  override readonly retryable: boolean;
  /** `false` when it is certain that the request did not reach Base44. */
  readonly isSent: boolean;

  constructor(
    { connector }: Pick<ErrorSubject, 'connector'>,
    reason: string,
    { retryable = true, isSent = true, status, retryAfterMs }: UnavailableDetails = {},
  ) {
    super(
      `Base44 is unavailable: ${reason}. ` +
        (retryable
          ? 'Try again later.'
          : 'Check the configured address and the certificates that this process trusts.'),
      { connector, status, retryAfterMs },
    );
    this.retryable = retryable;
    this.isSent = isSent;
  }
}

interface UnavailableDetails {
  readonly retryable?: boolean;
  readonly isSent?: boolean;
  readonly status?: number | undefined;
  readonly retryAfterMs?: number | undefined;
}

const CHECK_ADDRESS =
  'Check that the configured address is that of Base44 itself, or of the broker.';

/**
 * Base44, or something between, gave an answer that holds no usable token:
 * HTML, invalid JSON, a redirect, a body over the size limit.
 *
 * @publicApi
 */
export class UnexpectedResponseError extends ConnectorsError {
  readonly code = 'UNEXPECTED_RESPONSE';

  constructor(
    { connector }: Pick<ErrorSubject, 'connector'>,
    reason: string,
    { status, remedy = CHECK_ADDRESS }: { status?: number; remedy?: string } = {},
  ) {
    super(`The answer for connector '${connector}' cannot be used: ${reason}. ${remedy}`, {
      connector,
      status,
    });
  }
}
