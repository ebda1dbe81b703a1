import { randomBytes } from 'node:crypto';
import { EntryCipher } from '../../lib/connections/shared/entry-cipher.js';
import { catchError, createGate, sleep, waitFor } from '../support/async.js';
import { status, token } from '../support/token-server.js';
import { type MemoryStoreAppOptions, MemoryStoreFixture } from './memory-store.fixture.js';

const SECRET = '0'.repeat(64);

const MAX_TIMER_MS = 2 ** 31 - 1;

const createKey = (): string => randomBytes(32).toString('base64');

async function withoutJitter(work: () => Promise<void>): Promise<void> {
  const random = import.meta.jest.spyOn(Math, 'random').mockReturnValue(0);
  try {
    await work();
  } finally {
    random.mockRestore();
  }
}

describe('An entry of the shared store', () => {
  const app = MemoryStoreFixture.forEachTest();

  /** Lets an application write the entry of a connection. */
  const write = async (options: MemoryStoreAppOptions = {}, connector = 'slack') => {
    const writer = await app.boot(options);
    const count = app.store.names('entry').length;
    await writer.getToken(connector);
    await waitFor(() => app.store.names('entry').length > count);
    app.server.respond = token('token-2');
    return writer;
  };

  const withClient = (accessToken: string): MemoryStoreAppOptions => {
    const getConnection = () => Promise.resolve({ accessToken, connectionConfig: null });
    return {
      serviceToken: undefined,
      client: { asServiceRole: { connectors: { getConnection } } },
    };
  };

  const withBroker = (path: string, secret: string): MemoryStoreAppOptions => ({
    serviceToken: undefined,
    broker: { url: `${app.server.url}${path}`, secret },
  });

  it('is adopted by another application, with its configuration', async () => {
    app.server.respond = token('token-1', { connection_config: { subdomain: 'acme' } });
    await write();
    const reader = await app.boot();
    const connection = await reader.connectors.getConnection('slack');
    expect(connection).toEqual({ accessToken: 'token-1', connectionConfig: { subdomain: 'acme' } });
    expect(app.server.requests).toBe(1);
    expect(app.warnings).toEqual([]);
  });

  it('is not adopted for another connector', async () => {
    await write();
    const reader = await app.boot();
    await expect(reader.getToken('notion')).resolves.toBe('token-2');
    await expect(reader.getToken('slack')).resolves.toBe('token-1');
  });

  it.each([0, 5_000])('of a clock that is %d ms ahead is adopted', async (aheadMs) => {
    await write({ clock: app.clock.skewed(aheadMs) });
    await expect((await app.boot()).getToken()).resolves.toBe('token-1');
  });

  it('of a clock that is more than 5 s ahead is ignored and replaced', async () => {
    await write({ clock: app.clock.skewed(5_001) });
    await expect((await app.boot()).getToken()).resolves.toBe('token-2');
    await waitFor(() => app.store.find('set entry:').length === 2);
  });

  it('expires in the store when no application can use it, and its generation later', async () => {
    const writer = await write({ cache: { ttlMs: 10_000, staleIfErrorMs: 20_000 } });
    await writer.connectors.invalidate('notion');
    await waitFor(() => app.store.names('receipt').length > 0);
    const ttlsOf = (kind: string) =>
      app.store.names(kind).map((name) => app.store.ttlsMs.get(name));
    expect(ttlsOf('entry')).toEqual([30_000]);
    expect(ttlsOf('generation')).toEqual([60_000]);
    expect(ttlsOf('epoch')).toEqual([MAX_TIMER_MS]);
    expect(ttlsOf('receipt')).toEqual([MAX_TIMER_MS]);
    // All names are hashes or random.
    for (const name of app.store.values.keys()) expect(name).toMatch(/^[a-z]+:[\w-]{36,43}$/);
  });

  it('is not adopted once it is older than its time to live and staleIfErrorMs', async () => {
    const cache = { ttlMs: 10_000, staleIfErrorMs: 0 };
    await write({ cache });
    app.clock.advance(10_000);
    app.server.respond = status(503);
    const reader = await app.boot({ cache, resilience: false });
    await expect(reader.getToken()).rejects.toMatchObject({ code: 'BASE44_UNAVAILABLE' });
  });

  it('can be used until the last millisecond of its time to live and staleIfErrorMs', async () => {
    const cache = { ttlMs: 10_000, staleIfErrorMs: 10_000 };
    const resilience = false;
    const [writer, early, late] = [
      await app.boot({ cache }),
      await app.boot({ cache, resilience }),
      await app.boot({ cache, resilience }),
    ];
    await withoutJitter(async () => {
      await writer.getToken();
      await waitFor(() => app.store.names('entry').length === 1);
      app.server.respond = status(503);
      app.clock.advance(19_999);
      await expect(early.getToken()).resolves.toBe('token-1');
      app.clock.advance(1);
      await expect(late.getToken()).rejects.toMatchObject({ code: 'BASE44_UNAVAILABLE' });
    });
  });

  it('that must be renewed is served when Base44 fails', async () => {
    const cache = { ttlMs: 10_000, staleIfErrorMs: 20_000 };
    await write({ cache });
    app.clock.advance(15_000);
    app.server.respond = status(503);
    const reader = await app.boot({ cache, resilience: false });
    await expect(reader.getToken()).resolves.toBe('token-1');
    expect(app.server.requests).toBe(2);
  });

  it('is removed when its connector is no longer connected', async () => {
    await write();
    app.server.respond = status(404);
    const other = await app.boot();
    await catchError(other.connectors.getConnection('slack', { fresh: true }));
    await waitFor(() => app.store.names('entry').length === 0);
    await expect((await app.boot()).getToken()).rejects.toMatchObject({
      code: 'CONNECTOR_NOT_CONNECTED',
    });
  });

  it('is removed by an invalidation', async () => {
    const writer = await write();
    await writer.connectors.invalidate('slack');
    expect(app.store.names('entry')).toEqual([]);
  });

  it('is not cached by a request from before the rejection of a token', async () => {
    await write();
    const reader = await app.boot();
    app.store.calls = [];
    const gate = createGate();
    app.store.before = (call) => (call.startsWith('get entry:') ? gate.opened : undefined);
    const early = reader.getToken();
    await waitFor(() => app.store.find('get entry:').length === 1);
    await reader.connectors.invalidate('slack', 'token-0');
    gate.open();
    await expect(early).resolves.toBe('token-1');
    await expect(reader.getToken()).resolves.toBe('token-1');
    expect(app.store.find('get entry:')).toHaveLength(2);
    await expect(reader.getToken()).resolves.toBe('token-1');
    expect(app.store.find('get entry:')).toHaveLength(2);
  });

  it('is not written by a request during whose start the store was down', async () => {
    const writer = await app.boot();
    app.store.before = () => {
      throw new Error('the store is down');
    };
    const held = app.server.hold();
    const called = writer.getToken();
    await waitFor(() => held.length === 1);
    app.store.before = () => undefined;
    await waitFor(() => app.store.find('get probe').length === 1);
    await sleep(20);
    token('token-1')(held[0]!);
    await called;
    await sleep(20);
    expect(app.store.find('set entry:')).toEqual([]);
  });

  it('is not written by a request that a rejected token has made obsolete', async () => {
    const writer = await app.boot();
    await writer.getToken();
    const held = app.server.hold();
    const early = writer.connectors.getConnection('slack', { fresh: true });
    await waitFor(() => held.length === 1);
    await writer.connectors.invalidate('slack', 'token-1');
    const late = writer.getToken();
    await waitFor(() => held.length === 2);
    app.store.calls = [];
    token('token-2')(held[1]!);
    await expect(late).resolves.toBe('token-2');
    await waitFor(() => app.store.find('set entry:').length === 1);
    token('token-1')(held[0]!);
    await early;
    await sleep(20);
    await expect((await app.boot()).getToken()).resolves.toBe('token-2');
    await expect(writer.getToken()).resolves.toBe('token-2');
    expect(app.store.find('set entry:')).toHaveLength(1);
  });

  it.each([
    [1_001, 'is not adopted', 'token-2'],
    // The clocks of two machines may differ that much.
    [1_000, 'is adopted', 'token-1'],
  ])('that is %d ms older than the cached connection %s', async (olderMs, _, expected) => {
    const writer = await write();
    const [[name, old]] = [...app.store.values] as [[string, string]];
    app.clock.advance(olderMs);
    const cache = { ttlMs: 10_000, staleIfErrorMs: 20_000 };
    const reader = await app.boot({ cache, resilience: false });
    await reader.connectors.getConnection('slack', { fresh: true });
    await waitFor(() => app.store.values.get(name) !== old);
    app.store.values.set(name, old);
    app.clock.advance(12_000);
    app.server.respond = status(503);
    await expect(reader.getToken()).resolves.toBe(expected);
    await expect(writer.getToken()).resolves.toBe('token-1');
  });

  it('with a rejected token is not adopted', async () => {
    await write();
    const reader = await app.boot();
    await reader.getToken();
    await reader.connectors.invalidate('slack', 'token-1');
    await expect(reader.getToken()).resolves.toBe('token-2');
    expect(app.server.requests).toBe(2);
  });

  it('is decrypted with any key, and encrypted with the first', async () => {
    const [old, current] = [createKey(), createKey()];
    await write({ cache: { encryptionKeys: [old] } });
    const rotating = await app.boot({ cache: { encryptionKeys: [current, old] } });
    await expect(rotating.getToken()).resolves.toBe('token-1');
    await write({ cache: { encryptionKeys: [current, old] } }, 'notion');
    app.server.respond = token('token-3');
    await expect(
      (await app.boot({ cache: { encryptionKeys: [current] } })).getToken('notion'),
    ).resolves.toBe('token-2');
    expect(app.warnings).toEqual([]);
  });

  it('with an unknown key is ignored, and causes one warning', async () => {
    await write({}, 'slack');
    await write({}, 'notion');
    await write({}, 'jira');
    const other = await app.boot({ cache: { encryptionKeys: [createKey()] } });
    for (const connector of ['slack', 'notion', 'jira']) {
      await expect(other.getToken(connector)).resolves.toBe('token-2');
    }
    expect(app.warnings).toEqual([
      'The shared store contains entries that cannot be decrypted, so they are ignored. ' +
        'Check that all processes have the same encryptionKeys.',
    ]);
  });

  it.each([
    ['without a token', { fetchedAtMs: Date.now(), generations: '0 0' }, 1],
    ['without a time', { accessToken: 'token-1', generations: '0 0' }, 1],
    ['without generations', { accessToken: 'token-1', fetchedAtMs: Date.now() }, 0],
  ])('%s, as another version may write it, is ignored', async (_, content, warnings) => {
    await write();
    const [name] = app.store.names('entry');
    const cipher = new EntryCipher([app.encryptionKey]);
    const now = 'fetchedAtMs' in content ? { fetchedAtMs: app.clock.wallMs() } : {};
    app.store.values.set(name!, cipher.encrypt(name!, JSON.stringify({ ...content, ...now })));
    await expect((await app.boot()).getToken()).resolves.toBe('token-2');
    expect(app.warnings).toHaveLength(warnings);
  });

  it('under the name of another entry is ignored', async () => {
    await write({}, 'slack');
    const [slack] = app.store.names('entry');
    app.server.respond = token('token-notion');
    await write({}, 'notion');
    const notion = app.store.names('entry').find((name) => name !== slack)!;
    app.store.values.set(notion, app.store.values.get(slack!)!);
    app.server.respond = token('token-3');
    await expect((await app.boot()).getToken('notion')).resolves.toBe('token-3');
  });

  it('does not contain the token in plain text, nor a name of its connector', async () => {
    app.server.respond = token('a-secret-token');
    await write();
    const text = JSON.stringify([...app.store.values]);
    expect(text).not.toContain('a-secret-token');
    expect(text).not.toContain('slack');
  });

  describe('is not shared', () => {
    it('between servers and apps whose names are alike without their separator', async () => {
      await write();
      const serverUrl = app.server.url.slice(0, -1);
      const appId = `${app.server.url.slice(-1)}app1`;
      const other = await app.boot({ serverUrl, appId, resilience: false });
      await expect(other.getToken()).rejects.toMatchObject({ code: 'BASE44_UNAVAILABLE' });
    });

    it('between a service token and a function of the same token', async () => {
      await write();
      const other = await app.boot({ serviceToken: () => 'service-token' });
      await expect(other.getToken()).resolves.toBe('token-2');
    });

    it.each([
      ['secrets', '/functions/b', SECRET.replace('0', '1')],
      ['addresses', '/functions/c', SECRET],
    ])('between brokers with other %s', async (_, path, secret) => {
      await write(withBroker('/functions/b', SECRET));
      const other = await app.boot(withBroker(path, secret));
      await expect(other.getToken()).resolves.toBe('token-2');
    });

    it('between an application with its own client and one without a service role', async () => {
      await write(withClient('token-1'));
      const other = await app.boot({ serviceToken: undefined, request: { base44Headers: true } });
      await expect(other.getToken()).rejects.toMatchObject({ code: 'SERVICE_ROLE_REQUIRED' });
    });

    it('between two service tokens', async () => {
      await write({ serviceToken: 'a' });
      const other = await app.boot({ serviceToken: 'b' });
      await expect(other.getToken()).resolves.toBe('token-2');
    });
  });

  it('is shared between applications with the same broker', async () => {
    await write(withBroker('/functions/b', SECRET));
    const other = await app.boot(withBroker('/functions/b', SECRET));
    await expect(other.getToken()).resolves.toBe('token-1');
  });

  it('is shared between applications with clients of their own', async () => {
    await write(withClient('token-1'));
    const other = await app.boot(withClient('token-2'));
    await expect(other.getToken()).resolves.toBe('token-1');
  });

  it('is shared between applications whose service token is a function', async () => {
    await write({ serviceToken: () => 'a' });
    const other = await app.boot({ serviceToken: () => 'b' });
    await expect(other.getToken()).resolves.toBe('token-1');
  });
});
