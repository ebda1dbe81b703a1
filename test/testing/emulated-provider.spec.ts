import { EmulatedProvider, type EmulatedProviderOptions } from 'nestjs-base44-connectors/testing';
import { closeAfterTest } from '../support/close-after-test.js';

describe('EmulatedProvider', () => {
  it('accepts every token until a test revokes it', async () => {
    const slack = await start();
    slack.revoke('xoxb-2');
    await expect(call(slack, { Authorization: 'Bearer xoxb-1' })).resolves.toEqual([
      200,
      { ok: true },
    ]);
    await expect(call(slack, { Authorization: 'Bearer xoxb-2' })).resolves.toEqual([
      401,
      { error: 'invalid_token' },
    ]);
  });

  it('finds the token in any header', async () => {
    const shopify = await start();
    shopify.revoke('shpat-1');
    await expect(call(shopify, { 'X-Shopify-Access-Token': 'shpat-1' })).resolves.toMatchObject({
      0: 401,
    });
  });

  it('responds with the body of a test', async () => {
    const slack = await start({ respond: async ({ url }) => ({ url }) });
    await expect(call(slack)).resolves.toEqual([200, { url: '/channels' }]);
  });

  it('reports a failure of the test as a 500', async () => {
    const respond = () => {
      throw new Error('no fixture');
    };
    const slack = await start({ respond });
    await expect(call(slack)).resolves.toEqual([
      500,
      { error: 'respond failed: Error: no fixture' },
    ]);
  });

  it('closes', async () => {
    const slack = await EmulatedProvider.start();
    await slack[Symbol.asyncDispose]();
    await expect(fetch(slack.url)).rejects.toThrow('fetch failed');
  });
});

async function start(options?: EmulatedProviderOptions): Promise<EmulatedProvider> {
  const provider = await EmulatedProvider.start(options);
  closeAfterTest(() => provider.close());
  return provider;
}

async function call(
  { url }: EmulatedProvider,
  headers: Record<string, string> = {},
): Promise<[number, unknown]> {
  const response = await fetch(`${url}/channels`, { headers });
  return [response.status, await response.json()];
}
