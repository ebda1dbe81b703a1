import { describeWithRedis } from '../support/redis-server.js';
import { createKey, SharedStoreFixture } from '../shared-store/shared-store.fixture.js';

const UNREADABLE =
  'The shared store contains entries that cannot be decrypted, so they are ignored. ' +
  'Check that all processes have the same encryptionKeys.';

describeWithRedis('A shared store', () => {
  let fixture: SharedStoreFixture;

  beforeEach(async () => {
    fixture = await SharedStoreFixture.start();
    fixture.base44.connect('slack', { accessToken: 'xoxb-a-very-secret-token' });
    fixture.base44.connect('snowflake', {
      accessToken: 'sf-another-secret-token',
      connectionConfig: { subdomain: 'acme-private', account: 'jane@example.com' },
    });
    fixture.base44.connect({ workspaceConnector: 'ws1' }, { accessToken: 'ws-secret-token' });
  });

  afterEach(() => fixture.close());

  it('contains no token and no user in any form, and its keys reveal nothing', async () => {
    const app = await fixture.boot();
    for (const connector of ['slack', 'snowflake']) await app.getToken(connector);
    await app.connectors.getWorkspaceConnection('ws1');
    await fixture.readStore(3);
    await app.connectors.invalidate('slack');
    await app.connectors.invalidate();
    await app.getToken('slack');
    await app.close();
    const stored = await fixture.readStore(3);

    const name = /^keyv::keyv:(entry|generation|epoch|receipt):[\w-]{36,43}$/;
    const kinds = [...stored.keys()].map((key) => name.exec(key)?.[1]);
    expect(new Set(kinds)).toEqual(new Set(['entry', 'generation', 'epoch', 'receipt']));
    const { serviceToken, appId, url } = fixture.base44;
    const secrets = [
      'xoxb-a-very-secret-token',
      'sf-another-secret-token',
      'ws-secret-token',
      'acme-private',
      'jane@example.com',
      'slack',
      'snowflake',
      fixture.encryptionKey,
      serviceToken,
      appId,
      url,
    ];
    const haystack = [...stored].flat().flatMap(decodings).join('\n');
    for (const form of secrets.flatMap(encodings)) expect(haystack).not.toContain(form);
  });

  it('gets another ciphertext each time for the same connection', async () => {
    const app = await fixture.boot();
    await app.getToken('slack');
    const before = await fixture.readStore(1);
    await app.connectors.getConnection('slack', { fresh: true });
    const after = await fixture.waitUntilReplaced(before);
    expect([...after.keys()]).toEqual([...before.keys()]);
    expect([...after.values()]).not.toEqual([...before.values()]);
  });

  it('contains entries that are valid only under their own key', async () => {
    const app = await fixture.boot();
    for (const connector of ['slack', 'snowflake']) await app.getToken(connector);
    const [[one, its], [other, others]] = [...(await fixture.readStore(2))] as [Entry, Entry];
    await fixture.withRedis(async (client) => {
      await client.mSet([one, others, other, its]);
    });
    const victim = await fixture.boot();
    await expect(victim.getToken('slack')).resolves.toBe('xoxb-a-very-secret-token');
    await expect(victim.getToken('snowflake')).resolves.toBe('sf-another-secret-token');
    expect(fixture.requestCount).toBe(4);
    expect(fixture.warnings).toEqual([UNREADABLE]);
  });

  it('is read with every encryption key, written with the first, and ignored without its key', async () => {
    const [old, recent] = [createKey(), createKey()];
    const before = await fixture.boot({ cache: { encryptionKeys: [old] } });
    await before.getToken('slack');
    await fixture.readStore(1);

    const during = await fixture.boot({ cache: { encryptionKeys: [recent, old] } });
    await during.getToken('slack');
    expect(fixture.requestCount).toBe(1);
    await during.getToken('snowflake');
    await fixture.readStore(2);

    const after = await fixture.boot({ cache: { encryptionKeys: [recent] } });
    await after.getToken('snowflake');
    expect(fixture.requestCount).toBe(2);
    expect(fixture.warnings).toEqual([]);
    const stored = await fixture.readStore(2);
    await after.getToken('slack');
    expect(fixture.requestCount).toBe(3);
    expect(fixture.warnings).toEqual([UNREADABLE]);

    await fixture.waitUntilReplaced(stored, 'some');
    await expect(before.getToken('slack')).resolves.toBe('xoxb-a-very-secret-token');
    const late = await fixture.boot({ cache: { encryptionKeys: [recent] } });
    await late.getToken('slack');
    expect(fixture.requestCount).toBe(3);
    expect(fixture.warnings).toHaveLength(1);
  });
});

type Entry = [name: string, value: string];

/** Returns a secret in plain text, in base64 and in hex. */
function encodings(secret: string): string[] {
  const base64 = ['', ' ', '  '].map((shift) => {
    const text = Buffer.from(`${shift}${secret}`).toString('base64url');
    return text.slice(shift.length === 0 ? 0 : shift.length + 1, -3);
  });
  return [secret, ...base64, Buffer.from(secret).toString('hex')];
}

/** Returns a stored text, and its bytes decoded from base64. */
function decodings(text: string): string[] {
  const parts = text.split(/[^\w+/=-]+/);
  return [text, ...parts.map((part) => Buffer.from(part, 'base64').toString('latin1'))];
}
