import { catchError, waitFor } from '../support/async.js';
import { ConnectorsFixture } from '../support/connectors-fixture.js';
import { status, token } from '../support/token-server.js';

describe('invalidate() of a rejected token', () => {
  const app = ConnectorsFixture.forEachTest();

  beforeEach(async () => {
    await app.boot();
    app.server.respond = token('token-1');
    await app.getToken();
    app.server.respond = token('token-2');
    app.server.requests = 0;
  });

  it('evicts it, so that the next call requests another one', async () => {
    await app.connectors.invalidate('slack', 'token-1');
    await expect(app.getToken()).resolves.toBe('token-2');
    expect(app.server.requests).toBe(1);
  });

  it('keeps a newer token', async () => {
    await app.connectors.invalidate('slack', 'token-1');
    await app.getToken();
    await app.connectors.invalidate('slack', 'token-1');
    await expect(app.getToken()).resolves.toBe('token-2');
    expect(app.server.requests).toBe(1);
  });

  it('keeps the tokens of other connectors', async () => {
    await app.getToken('notion');
    app.server.requests = 0;
    await app.connectors.invalidate('slack', 'token-1');
    await app.getToken('notion');
    expect(app.server.requests).toBe(0);
  });

  it('causes one request, however many callers name the same token, and whenever', async () => {
    const tokens = await Promise.all(
      Array.from({ length: 100 }, async (_, caller) => {
        for (let turn = 0; turn < caller % 10; turn += 1) await new Promise(setImmediate);
        await app.connectors.invalidate('slack', 'token-1');
        return app.getToken();
      }),
    );
    expect(new Set(tokens)).toEqual(new Set(['token-2']));
    expect(app.server.requests).toBe(1);
  });

  it('detaches a request in flight, which may return the token', async () => {
    await app.connectors.invalidate();
    const held = app.server.hold();
    const early = app.getToken();
    await waitFor(() => held.length === 1);
    await app.connectors.invalidate('slack', 'token-1');
    const late = app.getToken();
    await waitFor(() => held.length === 2);
    token('token-2')(held[1]!);
    token('token-1')(held[0]!);
    await expect(Promise.all([early, late])).resolves.toEqual(['token-1', 'token-2']);
    await expect(app.getToken()).resolves.toBe('token-2');
  });

  it('detaches a request in flight also when Base44 returned the token again meanwhile', async () => {
    app.server.respond = token('token-1');
    await app.connectors.invalidate('slack', 'token-1');
    await app.getToken();
    const held = app.server.hold();
    const early = app.connectors.getConnection('slack', { fresh: true });
    await waitFor(() => held.length === 1);
    await app.connectors.invalidate('slack', 'token-1');
    const late = app.getToken();
    await waitFor(() => held.length === 2);
    token('token-2')(held[1]!);
    await expect(late).resolves.toBe('token-2');
    token('token-1')(held[0]!);
    await early;
    await expect(app.getToken()).resolves.toBe('token-2');
  });

  it('detaches no request in flight when a newer token is cached', async () => {
    await app.connectors.invalidate('slack', 'token-1');
    await app.getToken();
    const held = app.server.hold();
    const fresh = app.connectors.getConnection('slack', { fresh: true });
    await waitFor(() => held.length === 1);
    await app.connectors.invalidate('slack', 'token-1');
    token('token-3')(held[0]!);
    await fresh;
    await expect(app.getToken()).resolves.toBe('token-3');
  });

  it('evicts a cached absence, because the connector was connected', async () => {
    app.server.respond = status(404);
    await catchError(app.connectors.getConnection('slack', { fresh: true }));
    app.server.respond = token('token-2');
    await app.connectors.invalidate('slack', 'token-1');
    await expect(app.getToken()).resolves.toBe('token-2');
  });

  it('rejects a malformed connector', async () => {
    await expect(app.connectors.invalidate('a/b', 'token-1')).rejects.toMatchObject({
      code: 'INVALID_CONNECTOR',
    });
  });
});
