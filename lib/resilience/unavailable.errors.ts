import { Base44UnavailableError } from '../errors/base44.errors.js';

/**
 * Creates the error for a deadline that passes without a response.
 *
 * @internal
 */
export function createTimeoutError(connector: string, deadlineMs: number): Error {
  return new Base44UnavailableError({ connector }, `no response within ${deadlineMs} ms`);
}

/**
 * Creates the error for a request that an open breaker rejects.
 *
 * @internal
 */
export function createBreakerOpenError(connector: string): Error {
  return new Base44UnavailableError(
    { connector },
    'it failed several times in a row, so requests are paused',
    { isSent: false },
  );
}

/**
 * Creates the error for a call that the shutdown of the application ends.
 *
 * @internal
 */
export function createClosingError(connector: string): Error {
  return new Base44UnavailableError({ connector }, 'this application is closing');
}
