import { faults } from 'nestjs-base44-connectors/testing';
import { createGate } from '../support/async.js';
import { callers } from './callers.js';
import { goodToken, type ProviderCalls, providerCalls } from './provider-calls.fixture.js';

/** Base44 has another token now, and the provider accepts no other one. */
function rotate({ base44, provider }: ProviderCalls): string {
  provider.good.clear();
  const accessToken = goodToken(provider);
  base44.connect('crm', { accessToken });
  return accessToken;
}

describe.each(callers)('A token of calls by $name', ({ call }) => {
  it('is the same token when Base44 returned it twice, so its rejection renews it', async () => {
    const calls = await providerCalls();
    const gate = createGate();
    calls.provider.beforeUnauthorized = () => gate.opened;
    await calls.connectors.getConnection('crm');
    calls.provider.good.clear();
    const slow = call(calls, '/slow');
    while (calls.provider.requests.length === 0) await new Promise(setImmediate);
    // Base44 returns the same token again, in another response.
    await calls.connectors.getConnection('crm', { fresh: true });
    const renewed = rotate(calls);
    calls.base44.clear();
    gate.open();

    await expect(slow).resolves.toMatchObject({ status: 200 });
    await expect(call(calls, '/next')).resolves.toMatchObject({ status: 200 });
    expect(calls.provider.tokens.slice(-2)).toEqual([renewed, renewed]);
    expect(calls.base44.requests).toHaveLength(1);
  });

  it('is not taken from a fresh request that began before its rejection', async () => {
    const calls = await providerCalls();
    await call(calls, '/x');
    const gate = createGate();
    const { accessToken } = await calls.connectors.getConnection('crm');
    calls.base44.clear();
    const body = { access_token: accessToken, integration_type: 'crm', connection_config: null };
    calls.base44.fault({
      times: 1,
      respond: async (...given) => {
        // The response with the old token is on its way while the token is revoked.
        await gate.opened;
        await faults.status(200, { body })(...given);
      },
    });
    const fresh = calls.connectors.getConnection('crm', { fresh: true });
    while (calls.base44.requests.length === 0) await new Promise(setImmediate);
    const renewed = rotate(calls);

    await expect(call(calls, '/y')).resolves.toMatchObject({ status: 200 });
    gate.open();
    await expect(fresh).resolves.toMatchObject({ accessToken });
    expect(calls.provider.tokens.at(-1)).toBe(renewed);
    await expect(calls.connectors.getConnection('crm')).resolves.toMatchObject({
      accessToken: renewed,
    });
  });
});

describe('A token of an app user', () => {
  it('that stays rejected is requested from Base44 once in negativeTtlMs', async () => {
    const connector = { appUserConnector: 'calendar1' };
    const calls = await providerCalls({
      connector,
      options: { request: { appUserToken: () => undefined } },
    });
    const user = calls.base44.addAppUser('ada');
    calls.base44.connect(connector, { accessToken: 'revoked' }, user);
    const connectors = calls.connectors.asAppUser(user.token);

    for (let attempt = 0; attempt < 40; attempt += 1) {
      await expect(connectors.fetch(connector, '/x')).rejects.toMatchObject({
        code: 'CONNECTOR_REAUTHORIZATION_REQUIRED',
      });
    }
    expect(calls.base44.requests).toHaveLength(2);

    const accessToken = goodToken(calls.provider);
    calls.base44.connect(connector, { accessToken }, user);
    calls.clock.skip(60_000);
    await expect(connectors.fetch(connector, '/x')).resolves.toMatchObject({ status: 200 });
  });
});
