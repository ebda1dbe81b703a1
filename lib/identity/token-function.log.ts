import { types } from 'node:util';
import { Logger } from '@nestjs/common';

/** Longer than names and paths. Messages may repeat a token, such as that of a rejected request. */
const LIKE_A_TOKEN = /[\w+=-]{32,}/g;

/**
 * Logs why the application's `serviceToken` function failed, once until it succeeds again. The errors of
 * this package have no causes, so the application would not find out otherwise.
 *
 * @internal
 */
export class TokenFunctionLog {
  readonly #logger = new Logger('ConnectorsModule');
  #isFailing = false;

  recordFailure(cause: unknown): void {
    if (!this.#isFailing) this.#logger.error('The serviceToken function failed.', describe(cause));
    this.#isFailing = true;
  }

  recordSuccess(): void {
    this.#isFailing = false;
  }
}

/** Returns the stack without properties and causes, because HTTP clients keep headers in these. */
function describe(cause: unknown): string {
  return types.isNativeError(cause)
    ? String(cause.stack).replaceAll(LIKE_A_TOKEN, '[redacted]')
    : `It threw a value that is not an Error: ${typeof cause}`;
}
