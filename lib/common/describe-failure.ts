import { types } from 'node:util';

/** Longer than names and paths. Messages may repeat a token, such as that of a rejected request. */
const LIKE_A_TOKEN = /[\w+=-]{32,}/g;

/**
 * Describes an error of the application's own code for the log. Returns its stack without properties and
 * causes, because HTTP clients keep headers in these.
 *
 * @internal
 */
export function describeFailure(cause: unknown): string {
  return types.isNativeError(cause)
    ? String(cause.stack).replaceAll(LIKE_A_TOKEN, '[redacted]')
    : `It threw a value that is not an Error: ${typeof cause}`;
}
