import type { Application } from './application.js';

/** Base44 issues another token, and the cached one has expired. The application must use the new one. */
export async function checkRotation(app: Application): Promise<void> {
  const { token } = await app.warmUp();
  app.connectNewToken();
  await app.options.provider?.revoke(token);
  await app.invalidate();
  const before = app.requests;
  const outcome = await app.request();
  const renewals = app.requests - before;
  if (outcome.isSuccess && renewals > 0) return;
  throw app.failed(
    'a success with the new token',
    `${outcome.summary}, after ${renewals} requests to Base44`,
    'code that stores the token itself, such as a field, a client that is created once, or a cache. Get the token for each call.',
  );
}
