import { ConnectorNotConnectedError } from 'nestjs-base44-connectors';
import { catchError, waitFor } from '../support/async.js';
import { ConnectorsFixture } from '../support/connectors-fixture.js';
import { status, token } from '../support/token-server.js';

describe('The cached absence of a connection', () => {
  const app = ConnectorsFixture.forEachTest();
  const notConnected = { code: 'CONNECTOR_NOT_CONNECTED' };

  beforeEach(async () => {
    await app.boot({ cache: { negativeTtlMs: 5_000 } });
    app.server.respond = status(404);
  });

  it('is served until negativeTtlMs has passed', async () => {
    for (let caller = 0; caller < 100; caller += 1) {
      await expect(app.getToken()).rejects.toMatchObject(notConnected);
    }
    app.clock.advance(4_999);
    await expect(app.connectors.getAccessToken('slack')).rejects.toMatchObject(notConnected);
    expect(app.server.requests).toBe(1);
    app.server.respond = token('token-1');
    app.clock.advance(1);
    await expect(app.getToken()).resolves.toBe('token-1');
  });

  it.each([
    ['5 seconds by default', undefined, 5_000],
    ['the configured time', 250, 250],
  ])('is served for %s', async (_, negativeTtlMs, servedMs) => {
    await app.boot({ cache: { negativeTtlMs } });
    await catchError(app.getToken());
    app.server.respond = token('token-1');
    app.clock.advance(servedMs - 1);
    await expect(app.getToken()).rejects.toMatchObject(notConnected);
    app.clock.advance(1);
    await expect(app.getToken()).resolves.toBe('token-1');
  });

  it('rejects each caller with an error of its own, which others cannot change', async () => {
    const first = await catchError(app.getToken());
    Object.assign(first, { message: 'changed', connector: 'changed' });
    const second = await catchError(app.getToken());
    expect(second).toMatchObject({ ...notConnected, connector: 'slack' });
    expect(second.message).toContain("'slack' is not connected");
    expect(second).toBeInstanceOf(ConnectorNotConnectedError);
    expect(app.server.requests).toBe(1);
  });

  it('rejects callers of one request with errors of their own', async () => {
    const [first, second] = await Promise.all([
      catchError(app.getToken()),
      catchError(app.getToken()),
    ]);
    expect(first).not.toBe(second);
    expect(first.stack).toBe(second.stack);
    expect(app.server.requests).toBe(1);
  });

  it.each(['slack', undefined])('is evicted by invalidate(%p)', async (connector) => {
    await catchError(app.getToken());
    app.server.respond = token('token-1');
    await app.connectors.invalidate(connector);
    await expect(app.getToken()).resolves.toBe('token-1');
  });

  it('is not cached when an invalidation came while the request was in flight', async () => {
    const held = app.server.hold();
    const waiting = app.getToken();
    await waitFor(() => held.length === 1);
    await app.connectors.invalidate('slack');
    status(404)(held[0]!);
    await expect(waiting).rejects.toMatchObject(notConnected);
    app.server.respond = token('token-1');
    await expect(app.getToken()).resolves.toBe('token-1');
  });

  it('is not served to a caller that wants a fresh connection', async () => {
    await catchError(app.getToken());
    app.server.respond = token('token-1');
    await app.connectors.getConnection('slack', { fresh: true });
    await expect(app.getToken()).resolves.toBe('token-1');
  });

  it('replaces a cached connection', async () => {
    app.server.respond = token('token-1');
    await app.getToken();
    app.server.respond = status(404);
    app.clock.advance(59_000);
    await app.getToken().catch(() => undefined);
    await waitFor(() => app.server.requests === 2);
    let error: unknown;
    await waitFor(() => {
      app.getToken().catch((reason: unknown) => (error = reason));
      return error !== undefined;
    });
    expect(error).toMatchObject(notConnected);
  });

  it('concerns one connector only', async () => {
    await catchError(app.getToken());
    app.server.respond = token('token-1');
    await expect(app.getToken('notion')).resolves.toBe('token-1');
    await expect(app.connectors.getWorkspaceConnection('slack')).resolves.toMatchObject({
      accessToken: 'token-1',
    });
  });

  it('is the only failure of a connector that is cached', async () => {
    await app.boot({ resilience: false });
    for (const code of [400, 402, 422, 429, 500, 503]) {
      app.server.respond = status(code);
      await catchError(app.getToken(`slack-${code}`));
      app.server.respond = token('token-1');
      await expect(app.getToken(`slack-${code}`)).resolves.toBe('token-1');
    }
  });
});
