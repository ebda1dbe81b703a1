import { waitFor, catchError } from '../support/async.js';
import { ConnectorsFixture } from '../support/connectors-fixture.js';
import { status, token } from '../support/token-server.js';

describe('That a connector is not connected', () => {
  const app = ConnectorsFixture.forEachTest();
  const absent = { code: 'CONNECTOR_NOT_CONNECTED' };

  beforeEach(async () => {
    await app.boot({ cache: { negativeTtlMs: 5_000 } });
    app.server.respond = status(404);
  });

  it('is remembered for a short while', async () => {
    for (let caller = 0; caller < 100; caller += 1) {
      await expect(app.getToken()).rejects.toMatchObject(absent);
    }
    app.clock.advance(4_999);
    await expect(app.connectors.getAccessToken('slack')).rejects.toMatchObject(absent);
    expect(app.server.requests).toBe(1);
    app.server.respond = token('token-1');
    app.clock.advance(1);
    await expect(app.getToken()).resolves.toBe('token-1');
  });

  it.each(['slack', undefined])('is forgotten by invalidate(%p)', async (connector) => {
    await catchError(app.getToken());
    app.server.respond = token('token-1');
    await app.connectors.invalidate(connector);
    await expect(app.getToken()).resolves.toBe('token-1');
  });

  it('is not remembered when it was invalidated on its way', async () => {
    const held = app.server.hold();
    const waiting = app.getToken();
    await waitFor(() => held.length === 1);
    await app.connectors.invalidate('slack');
    status(404)(held[0]!);
    await expect(waiting).rejects.toMatchObject(absent);
    app.server.respond = token('token-1');
    await expect(app.getToken()).resolves.toBe('token-1');
  });

  it('is asked again by who wants it fresh', async () => {
    await catchError(app.getToken());
    app.server.respond = token('token-1');
    await app.connectors.getConnection('slack', { fresh: true });
    await expect(app.getToken()).resolves.toBe('token-1');
  });

  it('takes the place of a connection that was kept', async () => {
    app.server.respond = token('token-1');
    await app.getToken();
    app.server.respond = status(404);
    app.clock.advance(59_000);
    await app.getToken().catch(() => undefined);
    await waitFor(() => app.server.requests === 2);
    let failure: unknown;
    await waitFor(() => {
      app.getToken().catch((error: unknown) => (failure = error));
      return failure !== undefined;
    });
    expect(failure).toMatchObject(absent);
  });

  it('is remembered of one connector and of no other', async () => {
    await catchError(app.getToken());
    app.server.respond = token('token-1');
    await expect(app.getToken('notion')).resolves.toBe('token-1');
    await expect(app.connectors.getWorkspaceConnection('slack')).resolves.toMatchObject({
      accessToken: 'token-1',
    });
  });

  it('is not what a failure means: none other is remembered', async () => {
    await app.boot({ resilience: false });
    for (const code of [400, 401, 402, 403, 422, 429, 500, 503]) {
      app.server.respond = status(code);
      await catchError(app.getToken(`slack-${code}`));
      app.server.respond = token('token-1');
      await expect(app.getToken(`slack-${code}`)).resolves.toBe('token-1');
    }
  });
});
