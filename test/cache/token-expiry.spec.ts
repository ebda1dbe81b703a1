import { sleep } from '../support/async.js';
import { ConnectorsFixture } from '../support/connectors-fixture.js';
import { status, token } from '../support/token-server.js';

/** Seconds since 1970, that many seconds from now. */
const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1_000) + seconds;

function createJwt(payload: unknown): string {
  const encode = (value: unknown): string =>
    Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${encode({ alg: 'none' })}.${encode(payload)}.c2lnbmF0dXJl`;
}

describe('The expiry of a token', () => {
  const app = ConnectorsFixture.forEachTest();

  beforeEach(() => app.boot({ cache: { ttlMs: 600_000 } }));

  const responses = {
    'expires_in in seconds': () => token('token-1', { expires_in: 100 }),
    'expires_at in seconds': () => token('token-1', { expires_at: inSeconds(100) }),
    'expires_at as an ISO date': () =>
      token('token-1', { expires_at: new Date(inSeconds(100) * 1_000).toISOString() }),
    'the exp of a JWT': () => token(createJwt({ exp: inSeconds(100) })),
  };

  it.each(Object.entries(responses))('is honored: %s', async (_, respond) => {
    app.server.respond = respond();
    const first = await app.getToken();
    app.clock.advance(60_000);
    await expect(app.getToken()).resolves.toBe(first);
    await sleep(10);
    expect(app.server.requests).toBe(1);
    app.clock.advance(39_900);
    app.server.respond = token('token-2');
    await expect(app.getToken()).resolves.toBe('token-2');
  });

  it.each(Object.entries(responses))('limits stale-if-error: %s', async (_, respond) => {
    await app.boot({ cache: { ttlMs: 10_000 }, resilience: { retries: 0, breaker: false } });
    app.server.respond = respond();
    const first = await app.getToken();
    app.server.respond = status(503);
    app.clock.advance(80_000);
    await expect(app.getToken()).resolves.toBe(first);
    app.clock.advance(20_000);
    await expect(app.getToken()).rejects.toMatchObject({ code: 'BASE44_UNAVAILABLE' });
  });

  it('may be a date of 64 characters', async () => {
    const date = new Date(inSeconds(100) * 1_000).toUTCString();
    app.server.respond = token('token-1', { expires_at: `${date} (${'x'.repeat(32)})` });
    await app.getToken();
    app.clock.advance(100_000);
    app.server.respond = token('token-2');
    await expect(app.getToken()).resolves.toBe('token-2');
  });

  it("is that of the response, not the JWT's own", async () => {
    app.server.respond = token(createJwt({ exp: inSeconds(-100) }), { expires_in: 100 });
    await app.getToken();
    app.clock.advance(60_000);
    await app.getToken();
    expect(app.server.requests).toBe(1);
  });

  it('counts a few seconds early, so that the token outlives the call', async () => {
    app.server.respond = token('token-1', { expires_in: 100 });
    await app.getToken();
    app.server.respond = token('token-2');
    app.clock.advance(91_000);
    await expect(app.getToken()).resolves.toBe('token-2');
  });

  it.each([-3_600, 0, 5])(
    'in %d seconds: current callers get the token, and it is not cached',
    async (seconds) => {
      app.server.respond = token('token-1', { expires_in: seconds });
      await expect(app.getToken()).resolves.toBe('token-1');
      app.server.respond = token('token-2', { expires_in: seconds });
      await expect(app.getToken()).resolves.toBe('token-2');
      app.server.respond = status(404);
      await expect(app.getToken()).rejects.toMatchObject({ code: 'CONNECTOR_NOT_CONNECTED' });
    },
  );

  it('of a short-lived token limits how long it is cached', async () => {
    app.server.respond = token('token-1', { expires_in: 14 });
    await app.getToken();
    app.clock.advance(3_000);
    await app.getToken();
    expect(app.server.requests).toBe(1);
    app.clock.advance(1_000);
    await app.getToken();
    expect(app.server.requests).toBe(2);
  });

  it.each([
    ['a word', { expires_at: 'tomorrow' }],
    ['null', { expires_in: null, expires_at: null }],
    ['an object', { expires_in: {}, expires_at: [] }],
    ['a list', { expires_at: ['2001-01-01T00:00:00Z'] }],
    ['a long text', { expires_at: `Mon, 1 Jan 2001 00:00:00 GMT (${'x'.repeat(34)})` }],
    ['a number as text', { expires_in: '100' }],
  ])('is unknown when the response gives %s, so the time to live counts', async (_, fields) => {
    app.server.respond = token('token-1', fields);
    await app.getToken();
    app.clock.advance(400_000);
    await app.getToken();
    expect(app.server.requests).toBe(1);
  });

  it.each([
    ['with a payload that is no JSON', () => 'a.b.c'],
    ['with an empty payload', () => 'a..c'],
    ['with the payload null', () => `a.${Buffer.from('null').toString('base64url')}.c`],
    ['whose exp is text', () => createJwt({ exp: String(inSeconds(100)) })],
    ['without a signature', () => createJwt({ exp: inSeconds(100) }).replace(/\.[^.]*$/, '')],
  ])('is unknown for a token %s, so the time to live counts', async (_, create) => {
    const accessToken = create();
    app.server.respond = token(accessToken);
    await expect(app.getToken()).resolves.toBe(accessToken);
    app.clock.advance(400_000);
    await app.getToken();
    expect(app.server.requests).toBe(1);
  });
});
