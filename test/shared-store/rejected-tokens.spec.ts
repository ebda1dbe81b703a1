import { Readable } from 'node:stream';
import type { CacheOptions } from 'nestjs-base44-connectors';
import { sleep } from '../support/async.js';
import { callers } from '../provider-calls/callers.js';
import {
  goodToken,
  type ProviderCalls,
  providerCalls,
} from '../provider-calls/provider-calls.fixture.js';

/** A store that applications share. It can delay its responses. */
class SlowStore {
  latencyMs = 0;
  #entries = new Map<string, unknown>();

  /** Returns a function that sets the store back. */
  takeSnapshot(): () => void {
    const entries = new Map(this.#entries);
    return () => {
      this.#entries = entries;
    };
  }

  get = async (key: string): Promise<unknown> => sleep(this.latencyMs, this.#entries.get(key));

  set = async (key: string, value: string): Promise<unknown> => this.#entries.set(key, value);

  delete = async (key: string): Promise<unknown> => this.#entries.delete(key);
}

async function sharing(cache: CacheOptions = {}): Promise<ProviderCalls & { store: SlowStore }> {
  const store = new SlowStore();
  const encryptionKeys = [Buffer.alloc(32, 1).toString('base64')];
  const shared = { store, encryptionKeys, storeDeadlineMs: 5_000, ...cache };
  return { ...(await providerCalls({ options: { cache: shared } })), store };
}

function revoke({ base44, provider }: ProviderCalls): string {
  provider.good.clear();
  const accessToken = goodToken(provider);
  base44.connect('crm', { accessToken });
  return accessToken;
}

describe.each(callers)('With a shared store, a call by $name', ({ call }) => {
  it('remembers a rejected token although another connection was invalidated meanwhile', async () => {
    const calls = await sharing();
    await call(calls, '/x');
    const renewed = revoke(calls);
    calls.provider.beforeUnauthorized = () => calls.connectors.invalidate('notion');
    const body = Readable.from(['a stream']);
    await expect(call(calls, '/x', { method: 'POST', body })).resolves.toMatchObject({
      status: 401,
    });
    await expect(calls.connectors.getConnection('crm')).resolves.toMatchObject({
      accessToken: renewed,
    });
  });

  it('does not get a revoked token from the store again', async () => {
    // The cache has room for one connection, so the other one evicts it from memory, but not from the store.
    const calls = await sharing({ maxEntries: 1 });
    calls.base44.connect('other', {});
    await call(calls, '/x');
    const renewed = revoke(calls);
    calls.provider.beforeUnauthorized = () => sleep(100);
    const called = call(calls, '/x');
    await sleep(20);
    await calls.connectors.getConnection('other');
    calls.store.latencyMs = 200;
    const adopting = calls.connectors.getConnection('crm').catch(() => undefined);

    await expect(called).resolves.toMatchObject({ status: 200 });
    expect(calls.provider.tokens.at(-1)).toBe(renewed);
    await adopting;
  });

  it('renews a token although the store holds an earlier one', async () => {
    const calls = await sharing();
    await call(calls, '/x');
    const setBack = calls.store.takeSnapshot();
    const accessToken = goodToken(calls.provider);
    calls.base44.connect('crm', { accessToken });
    await calls.connectors.getConnection('crm', { fresh: true });
    setBack();
    const renewed = revoke(calls);
    await expect(call(calls, '/x')).resolves.toMatchObject({ status: 200 });
    expect(calls.provider.tokens.slice(-2)).toEqual([accessToken, renewed]);
  });

  it('that cannot be sent again evicts the revoked token for the next call', async () => {
    const calls = await sharing();
    await call(calls, '/x');
    const renewed = revoke(calls);
    const upload = (): ReturnType<typeof call> =>
      call(calls, '/x', { method: 'POST', body: Readable.from([Buffer.from('a stream')]) });

    await expect(upload()).resolves.toMatchObject({ status: 401 });
    await expect(upload()).resolves.toMatchObject({ status: 200 });
    expect(calls.provider.tokens.at(-1)).toBe(renewed);
  });
});
