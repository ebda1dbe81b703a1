import { sleep } from '../support/async.js';
import { ConnectorsFixture } from '../support/connectors-fixture.js';
import { status, token } from '../support/token-server.js';

const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1_000) + seconds;

function jwt(payload: unknown): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(payload)}.c2lnbmF0dXJl`;
}

describe('The expiry of a token', () => {
  const app = ConnectorsFixture.forEachTest();

  beforeEach(() => app.boot({ cache: { ttlMs: 600_000 } }));

  const answers = {
    'expires_in, in seconds': () => token('token-1', { expires_in: 100 }),
    'expires_at, in seconds': () => token('token-1', { expires_at: inSeconds(100) }),
    'expires_at, as an ISO date': () =>
      token('token-1', { expires_at: new Date(inSeconds(100) * 1_000).toISOString() }),
    "the token's own exp, if it is a JWT": () => token(jwt({ exp: inSeconds(100) })),
  };

  it.each(Object.entries(answers))('is honoured: %s', async (_, answer) => {
    app.server.respond = answer();
    const given = await app.getToken();
    app.clock.advance(60_000);
    await expect(app.getToken()).resolves.toBe(given);
    await sleep(10);
    expect(app.server.requests).toBe(1);
    app.clock.advance(39_900);
    app.server.respond = token('token-2');
    await expect(app.getToken()).resolves.toBe('token-2');
  });

  it.each(Object.entries(answers))(
    'ends what is given while Base44 fails: %s',
    async (_, answer) => {
      await app.boot({ cache: { ttlMs: 10_000 }, resilience: { retries: 0, breaker: false } });
      app.server.respond = answer();
      const given = await app.getToken();
      app.server.respond = status(503);
      app.clock.advance(80_000);
      await expect(app.getToken()).resolves.toBe(given);
      app.clock.advance(20_000);
      await expect(app.getToken()).rejects.toMatchObject({ code: 'BASE44_UNAVAILABLE' });
    },
  );

  it("is what Base44 says, not the token's own", async () => {
    app.server.respond = token(jwt({ exp: inSeconds(-100) }), { expires_in: 100 });
    await app.getToken();
    app.clock.advance(60_000);
    await app.getToken();
    expect(app.server.requests).toBe(1);
  });

  it('comes a little early, so that the token outlives the call it is for', async () => {
    app.server.respond = token('token-1', { expires_in: 100 });
    await app.getToken();
    app.server.respond = token('token-2');
    app.clock.advance(91_000);
    await expect(app.getToken()).resolves.toBe('token-2');
  });

  it.each([-3_600, 0, 5])(
    'in %d seconds: the caller gets it, and nobody after',
    async (seconds) => {
      app.server.respond = token('token-1', { expires_in: seconds });
      await expect(app.getToken()).resolves.toBe('token-1');
      app.server.respond = token('token-2', { expires_in: seconds });
      await expect(app.getToken()).resolves.toBe('token-2');
      app.server.respond = status(404);
      await expect(app.getToken()).rejects.toMatchObject({ code: 'CONNECTOR_NOT_CONNECTED' });
    },
  );

  it('of a short-lived token is kept for what is left of it', async () => {
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
    ['a number as text', { expires_in: '100' }],
  ])('is not known from %s: the time to live counts', async (_, more) => {
    app.server.respond = token('token-1', more);
    await app.getToken();
    app.clock.advance(400_000);
    await app.getToken();
    expect(app.server.requests).toBe(1);
  });

  it.each(['a.b.c', 'a..c', `a.${Buffer.from('null').toString('base64url')}.c`, jwt({ exp: 'x' })])(
    'is not known from %s: the time to live counts',
    async (accessToken) => {
      app.server.respond = token(accessToken);
      await expect(app.getToken()).resolves.toBe(accessToken);
      app.clock.advance(400_000);
      await app.getToken();
      expect(app.server.requests).toBe(1);
    },
  );
});
