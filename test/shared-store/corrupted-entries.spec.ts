import { randomBytes } from 'node:crypto';
import { describeWithRedis } from '../support/redis-server.js';
import { type SharingApp, SharedStoreFixture } from './shared-store.fixture.js';

/** Turns a value of Redis into a damaged one. */
type Corrupt = (stored: string) => string | Buffer;

/** Damages the entry within the value that Keyv stores. */
const withEntry = (change: (entry: string) => unknown): Corrupt => {
  return (stored) => {
    const { value, ...rest } = JSON.parse(stored) as { value: string };
    return JSON.stringify({ value: change(value), ...rest });
  };
};

const toEightMegabytes = withEntry((entry) => entry + 'A'.repeat(8_000_000));

const CORRUPTIONS: readonly (readonly [string, Corrupt])[] = [
  ['half of a value', (stored) => stored.slice(0, stored.length / 2)],
  ['a value without its last character', (stored) => stored.slice(0, -1)],
  ['an empty value', () => ''],
  ['random bytes', () => randomBytes(300)],
  ['HTML', () => '<!doctype html>'],
  ['other JSON', () => '{"foo":1}'],
  ['null', () => 'null'],
  ['a number', () => '42'],
  ['a string', () => '"text"'],
  ['an array', () => '[1,2,3]'],
  ['half of an entry', withEntry((entry) => entry.slice(0, entry.length / 2))],
  ['an entry without its end', withEntry((entry) => entry.slice(0, -2))],
  ['an entry with nothing after its key id', withEntry((entry) => entry.slice(0, 9))],
  [
    'an entry of random bytes',
    withEntry(() => `0badbeef.${randomBytes(99).toString('base64url')}`),
  ],
  [
    'an entry with a changed byte',
    withEntry((entry) => entry.slice(0, 40) + 'AAAA' + entry.slice(44)),
  ],
  ['an empty entry', withEntry(() => '')],
  ['an entry of 8 MB', toEightMegabytes],
  ['an entry that is a number', withEntry(() => 42)],
  ['an entry that is true', withEntry(() => true)],
  ['an entry that is null', withEntry(() => null)],
  [
    'an entry in plain text',
    withEntry(() => ({ accessToken: 'planted', fetchedAtMs: Date.now() })),
  ],
  ['an entry in plain JSON', withEntry(() => JSON.stringify({ accessToken: 'planted' }))],
];

describeWithRedis('A store with corrupted entries', () => {
  let fixture: SharedStoreFixture;
  let names: string[];

  beforeEach(async () => {
    fixture = await SharedStoreFixture.start();
    names = fixture.connectMany(3);
    const app = await fixture.boot();
    await Promise.all(names.map((name) => app.getToken(name)));
  });

  afterEach(() => fixture.close());

  const corruptAll = async (corrupt: Corrupt): Promise<void> => {
    const stored = await fixture.readStore(3);
    await fixture.withRedis(async (client) => {
      for (const [key, value] of stored) await client.set(key, corrupt(value));
    });
  };

  const expectTokens = async (app: SharingApp): Promise<void> => {
    for (const name of names) expect(await app.getToken(name)).toBe(`token-of-${name}`);
  };

  it.each(CORRUPTIONS)('serves correct tokens and replaces %s', async (_, corrupt) => {
    await corruptAll(corrupt);
    const damaged = await fixture.readStore(3);
    await expectTokens(await fixture.boot());
    expect(fixture.requestCount).toBe(6);
    expect(fixture.warnings.length).toBeLessThanOrEqual(1);

    await fixture.waitUntilReplaced(damaged);
    await expectTokens(await fixture.boot());
    expect(fixture.requestCount).toBe(6);
    expect(fixture.warnings.length).toBeLessThanOrEqual(1);
  });

  it('serves correct tokens when entries are too large for the deadline of the store', async () => {
    await corruptAll(toEightMegabytes);
    await expectTokens(await fixture.boot({ cache: { storeDeadlineMs: 1 } }));
  });

  it('serves correct tokens when Redis holds lists instead of strings', async () => {
    const stored = await fixture.readStore(3);
    await fixture.withRedis(async (client) => {
      for (const key of stored.keys()) {
        await client.del(key);
        await client.lPush(key, 'a list');
      }
    });
    await expectTokens(await fixture.boot());
    expect(fixture.warnings.length).toBeLessThanOrEqual(1);
  });

  it.each(['generation', 'epoch'])('serves correct tokens when a %s is corrupted', async (mark) => {
    const app = await fixture.boot();
    await app.connectors.invalidate(names[0]);
    await fixture.withRedis(async (client) => {
      const [key] = await client.keys(`*${mark}:*`);
      await client.set(key!, randomBytes(99));
    });
    const victim = await fixture.boot();
    await expectTokens(victim);
    // Now it must read the epoch again.
    fixture.clock.skip(1_000);
    await expectTokens(victim);
    expect(fixture.warnings.length).toBeLessThanOrEqual(1);
  });
});
