import type { INestApplicationContext } from '@nestjs/common';
import { Application } from './application.js';
import { checkLeaks } from './leaks.check.js';
import { checkOutage } from './outage.check.js';
import { checkRevocation } from './revocation.check.js';
import { checkRotation } from './rotation.check.js';
import { checkSlowBase44 } from './slow-base44.check.js';
import type { SurvivesOptions } from './survives.options.js';

/**
 * The checks of one application. Each one rejects with an `Error` that says what was expected, what happened
 * and where to look. The checks of a process run one after another, even when they are started together or when a
 * test does not wait for one.
 *
 * A check connects tokens of its own. Afterwards, also when it fails, it restores the connection, ends its
 * faults and empties the cache.
 *
 * @publicApi
 */
export interface SurvivalChecks {
  /** Revokes the token at the provider. The request must succeed after one more request to Base44. */
  readonly revocation: () => Promise<void>;
  /** Replaces the token in Base44 and empties the cache. The request must succeed with the new token. */
  readonly rotation: () => Promise<void>;
  /**
   * Lets Base44 respond with 503 and reset connections. The request must succeed while the token is cached, fail
   * with 503 while it is not, and succeed again after the outage.
   */
  readonly outage: () => Promise<void>;
  /**
   * Lets Base44 accept requests and never respond. The request must succeed while the token is cached, and fail
   * with 503 within the deadline while it is not. Callers that give up must not block the next one.
   */
  readonly slowBase44: () => Promise<void>;
  /**
   * Searches marked tokens in all that the application says: Nest's logger at every level, the console, stdout,
   * stderr, responses with their headers and redirects, and `also`. Sends a request that succeeds, and requests that fail
   * because of the provider and Base44. Finds a token as it is, in base64, in hex, encoded for a URL, and any
   * eight characters of it. The error names the place and does not contain the token.
   */
  readonly leaks: () => Promise<void>;
}

/**
 * Returns checks that show whether an application survives the failures of Base44 and of a provider, and
 * whether it leaks tokens. They need no test framework.
 *
 * @example
 * const check = survives(app, { base44, connector: 'slack', provider: slack, request: () => fetch(url) });
 *
 * it('survives an outage of Base44', check.outage);
 * it('leaks no token', check.leaks);
 *
 * @publicApi
 */
export function survives(app: INestApplicationContext, options: SurvivesOptions): SurvivalChecks {
  const run = (summary: string, check: Check) => () =>
    enqueue(() => runCheck(check, app, options, summary));
  return {
    revocation: run('does not survive a revoked token', checkRevocation),
    rotation: run('does not survive a rotated token', checkRotation),
    outage: run('does not survive an outage of Base44', checkOutage),
    slowBase44: run('does not survive a slow Base44', checkSlowBase44),
    leaks: run('leaks a token', checkLeaks),
  };
}

type Check = (app: Application) => Promise<void>;

/** The check that was started last. The next one waits for it, because both use the output of the process. */
let last: Promise<unknown> = Promise.resolve();

function enqueue(check: () => Promise<void>): Promise<void> {
  const result = last.then(check);
  last = result.catch(() => undefined);
  return result;
}

async function runCheck(
  check: Check,
  app: INestApplicationContext,
  options: SurvivesOptions,
  summary: string,
): Promise<void> {
  const application = new Application(app, options, summary);
  try {
    await check(application);
  } finally {
    await application.restore();
  }
}
