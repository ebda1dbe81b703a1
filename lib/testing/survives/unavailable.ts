import type { Application } from './application.js';

/**
 * Sends a request while Base44 fails and the application has the token.
 *
 * @throws `SurvivalError` if the application does not use its cached token
 */
export async function expectSuccessFromCache(app: Application): Promise<void> {
  const outcome = await app.request();
  if (outcome.isSuccess) return;
  throw app.failed(
    'a success, because the token is cached',
    outcome.summary,
    'the option `cache`, which must not be `false`, and lookups with `fresh: true`.',
  );
}

/**
 * Sends a request while Base44 fails and the application has no token.
 *
 * @throws `SurvivalError` if the application does not report the failure as its own unavailability
 */
export async function expectUnavailable(app: Application): Promise<void> {
  await app.invalidate();
  const outcome = await app.request();
  if (outcome.isUnavailable) return;
  throw app.failed(
    `status 503 (BASE44_UNAVAILABLE) within ${app.withinMs} ms, because no token is cached`,
    outcome.summary,
    outcome.isSuccess ? HIDDEN : REPLACED,
  );
}

const HIDDEN =
  'code that stores the token itself, and a `catch` that hides the failure from the caller.';
const REPLACED =
  'a `catch` or an exception filter that replaces the error of this package, and code that waits without a deadline.';
