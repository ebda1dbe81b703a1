import { randomBytes } from 'node:crypto';
import { sleep } from '../support/async.js';
import { describeWithRedis } from '../support/redis-server.js';
import { durationOf, print, SharedStoreFixture } from './shared-store.fixture.js';

/** What becomes of an entry in Redis. */
type Corruption = (stored: string) => string | Buffer;

const within = (change: (entry: string) => unknown): Corruption => {
  return (stored) => {
    const { value, ...rest } = JSON.parse(stored) as { value: string };
    return JSON.stringify({ value: change(value), ...rest });
  };
};

const EIGHT_MEGABYTES = within((entry) => entry + 'A'.repeat(8_000_000));

const CORRUPTIONS: readonly (readonly [string, Corruption])[] = [
  ['cut', (stored) => stored.slice(0, stored.length / 2)],
  ['cut by one character', (stored) => stored.slice(0, -1)],
  ['empty', () => ''],
  ['random bytes', () => randomBytes(300)],
  ['no JSON', () => '<!doctype html>'],
  ['another JSON', () => '{"foo":1}'],
  ['null', () => 'null'],
  ['a number', () => '42'],
  ['a text', () => '"text"'],
  ['a list', () => '[1,2,3]'],
  ['an entry that is cut', within((entry) => entry.slice(0, entry.length / 2))],
  ['an entry that lacks its end', within((entry) => entry.slice(0, -2))],
  ['an entry with nothing behind its key', within((entry) => entry.slice(0, 9))],
  ['an entry of random bytes', within(() => `0badbeef.${randomBytes(99).toString('base64url')}`)],
  ['an entry with another byte', within((entry) => entry.slice(0, 40) + 'AAAA' + entry.slice(44))],
  ['an entry without text', within(() => '')],
  ['an entry of 8 MB', EIGHT_MEGABYTES],
  ['an entry that is a number', within(() => 42)],
  ['an entry that is true', within(() => true)],
  ['an entry that is null', within(() => null)],
  ['an entry in plain text', within(() => ({ accessToken: 'planted', givenAtMs: Date.now() }))],
  ['an entry in plain JSON', within(() => JSON.stringify({ accessToken: 'planted' }))],
];

/** A slow machine may need longer than the default for megabytes; that would be an outage instead. */
const PATIENT = { cache: { storeDeadlineMs: 20_000 } };

describeWithRedis('A store with corrupted entries', () => {
  let fixture: SharedStoreFixture;
  let names: string[];

  beforeEach(async () => {
    fixture = await SharedStoreFixture.start();
    names = fixture.connectMany(3);
    const app = await fixture.boot();
    await Promise.all(names.map((name) => app.tokenOf(name)));
  });

  afterEach(async () => {
    await fixture.close();
    expect(fixture.unhandled).toEqual([]);
  });

  const corruptAll = async (corrupt: Corruption): Promise<void> => {
    const entries = await fixture.entries(3);
    await fixture.withClient(async (client) => {
      for (const [name, stored] of entries) await client.set(name, corrupt(stored));
    });
  };

  it.each(CORRUPTIONS)('is of no harm and mended, be they %s', async (_, corrupt) => {
    await corruptAll(corrupt);
    const damaged = await fixture.entries(3);
    const victim = await fixture.boot(PATIENT);
    for (const name of names) expect(await victim.tokenOf(name)).toBe(`token-of-${name}`);
    expect(fixture.requestCount).toBe(6);
    expect(fixture.warnings.length).toBeLessThanOrEqual(1);

    await fixture.untilReplaced(damaged);
    const next = await fixture.boot(PATIENT);
    for (const name of names) expect(await next.tokenOf(name)).toBe(`token-of-${name}`);
    expect(fixture.requestCount).toBe(6);
    expect(fixture.warnings.length).toBeLessThanOrEqual(1);
  });

  it('is of no harm where entries are too large for the deadline of the store', async () => {
    await corruptAll(EIGHT_MEGABYTES);
    const victim = await fixture.boot();
    const tookMs = await durationOf(async () => {
      for (const name of names) expect(await victim.tokenOf(name)).toBe(`token-of-${name}`);
    });
    print(`3 entries of 8 MB delayed 3 resolves by ${tookMs.toFixed(0)} ms`);
  });

  it('is of no harm where Redis holds something other than texts', async () => {
    const entries = await fixture.entries(3);
    await fixture.withClient(async (client) => {
      for (const name of entries.keys()) {
        await client.del(name);
        await client.lPush(name, 'a list');
      }
    });
    const victim = await fixture.boot();
    for (const name of names) expect(await victim.tokenOf(name)).toBe(`token-of-${name}`);
    expect(fixture.warnings.length).toBeLessThanOrEqual(1);
  });

  it.each(['tombstone', 'epoch'])('is of no harm, be it a %s', async (mark) => {
    const app = await fixture.boot();
    await app.connectors.invalidate(names[0]);
    await fixture.withClient(async (client) => {
      const [name] = await client.keys(`*${mark}:*`);
      await client.set(name!, randomBytes(99));
    });
    const victim = await fixture.boot();
    for (const name of names) expect(await victim.tokenOf(name)).toBe(`token-of-${name}`);
    await sleep(900);
    for (const name of names) expect(await victim.tokenOf(name)).toBe(`token-of-${name}`);
    expect(fixture.warnings.length).toBeLessThanOrEqual(1);
  });
});
