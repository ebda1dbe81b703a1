import type { Application } from './application.js';

/** The provider rejects the token. The application must renew it once and succeed. */
export async function checkRevocation(app: Application): Promise<void> {
  const { provider } = app.options;
  if (provider === undefined) {
    throw new TypeError(
      'revocation() needs the provider that the application calls: pass `provider` to survives(). EmulatedProvider is one.',
    );
  }
  const { token } = await app.warmUp();
  app.connectNewToken();
  await provider.revoke(token);
  const before = app.requests;
  const outcome = await app.request();
  const renewals = app.requests - before;
  if (outcome.isSuccess && renewals === 1) return;
  throw app.failed(
    'a success after one more request to Base44',
    `${outcome.summary}, after ${renewals} more requests to Base44`,
    outcome.isSuccess ? lookAtRenewals(renewals) : HANDLER,
  );
}

const HANDLER =
  'the call to the provider. `connectors.fetch`, `fetchFor` and `http` renew a rejected token. After other calls, evict it with `connectors.invalidate(connector, token)` and send the call again.';

function lookAtRenewals(renewals: number): string {
  return renewals === 0
    ? '`provider`, which must be the provider that the application calls. It rejected no call of this request.'
    : 'code that requests the token again for each call. The new token is cached.';
}
