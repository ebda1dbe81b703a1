import { Logger } from '@nestjs/common';
import { describeFailure } from '../common/describe-failure.js';

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
    if (!this.#isFailing) {
      this.#logger.error('The serviceToken function failed.', describeFailure(cause));
    }
    this.#isFailing = true;
  }

  recordSuccess(): void {
    this.#isFailing = false;
  }
}
