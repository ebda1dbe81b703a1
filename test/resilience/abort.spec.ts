import { getEventListeners } from 'node:events';
import { Base44UnavailableError } from 'nestjs-base44-connectors';
import { catchError, sleep, waitFor } from '../support/async.js';
import { ConnectorsFixture } from '../support/connectors-fixture.js';
import { printFigure } from '../support/print-figure.js';
import { status, token } from '../support/token-server.js';

describe("A caller's abort", () => {
  const app = ConnectorsFixture.forEachTest();

  beforeEach(() => app.boot({ resilience: { retries: 0, breaker: false } }));

  const startAbortable = (connector = 'slack') => {
    const controller = new AbortController();
    const { signal } = controller;
    return { controller, connection: app.connectors.getConnection(connector, { signal }) };
  };

  it.each([0, 500, 999])(
    'affects no other caller: of 1,000 only caller %d stays, and succeeds',
    async (stays) => {
      const held = app.server.hold();
      const callers = Array.from({ length: 1_000 }, () => startAbortable());
      const settled = Promise.allSettled(callers.map(({ connection }) => connection));
      await waitFor(() => held.length === 1);
      callers.forEach(({ controller }, index) => {
        if (index !== stays) controller.abort(index);
      });
      await sleep(20);
      expect(app.server.abandoned).toBe(0);
      token('token-1')(held[0]!);
      const results = await settled;
      expect(results[stays]).toMatchObject({ value: { accessToken: 'token-1' } });
      const others = results.filter((_, index) => index !== stays);
      expect(others.every((result) => result.status === 'rejected')).toBe(true);
      expect(results[1]).toMatchObject({ reason: 1 });
      expect(app.server.requests).toBe(1);
    },
  );

  it('affects no other caller when the others have no signal', async () => {
    const held = app.server.hold();
    const other = app.connectors.getConnection('slack');
    const { controller, connection } = startAbortable();
    await waitFor(() => held.length === 1);
    controller.abort();
    await expect(connection).rejects.toThrow('aborted');
    token('token-1')(held[0]!);
    await expect(other).resolves.toMatchObject({ accessToken: 'token-1' });
  });

  it('closes the socket when no caller is left', async () => {
    const tookMs: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      const held = app.server.hold();
      const callers = Array.from({ length: 50 }, () => startAbortable(`slack-${round}`));
      const settled = Promise.allSettled(callers.map(({ connection }) => connection));
      await waitFor(() => held.length === 1);
      const closed = new Promise((resolve) => held[0]!.once('close', resolve));
      const startMs = performance.now();
      for (const { controller } of callers) controller.abort();
      await Promise.all([closed, settled]);
      tookMs.push(performance.now() - startMs);
    }
    printFigure('all callers abort: socket closed within', `${Math.max(...tookMs).toFixed(1)} ms`);
    expect(app.server.abandoned).toBe(20);
  });

  it('lets a caller of the same tick send a new request', async () => {
    const held = app.server.hold();
    const { controller, connection } = startAbortable();
    await waitFor(() => held.length === 1);
    controller.abort();
    const next = app.connectors.getConnection('slack');
    await expect(connection).rejects.toThrow('aborted');
    await waitFor(() => held.length === 2);
    token('token-2')(held[1]!);
    await expect(next).resolves.toMatchObject({ accessToken: 'token-2' });
  });

  it('rejects with its reason even if that looks like an outage', async () => {
    await app.getToken();
    app.clock.advance(61_000);
    const held = app.server.hold();
    const { controller, connection } = startAbortable();
    await waitFor(() => held.length === 1);
    const reason = new Base44UnavailableError({ connector: 'slack' }, 'a reason to leave');
    controller.abort(reason);
    await expect(connection).rejects.toBe(reason);
  });

  it('counts while the shared store is read', async () => {
    const takeTime = () => sleep(100);
    const store = { get: takeTime, set: takeTime, delete: takeTime };
    const encryptionKeys = [Buffer.alloc(32, 1).toString('base64')];
    await app.boot({ cache: { store, encryptionKeys } });
    const held = app.server.hold();
    const { controller, connection } = startAbortable();
    controller.abort(new Error('left'));
    await expect(connection).rejects.toThrow('left');
    await sleep(150);
    expect(held).toHaveLength(0);
  });

  it('counts when it comes with a call of the shared store', async () => {
    const controller = new AbortController();
    const reason = new Error('left');
    const get = (name: string) => {
      if (name.startsWith('entry:')) controller.abort(reason);
      return Promise.resolve(undefined);
    };
    const store = { get, set: () => Promise.resolve(), delete: () => Promise.resolve() };
    const encryptionKeys = [Buffer.alloc(32, 1).toString('base64')];
    await app.boot({ cache: { store, encryptionKeys } });
    const { signal } = controller;
    await expect(app.connectors.getConnection('slack', { signal })).rejects.toBe(reason);
    await sleep(20);
    expect(app.server.requests).toBe(0);
  });

  it('before the call sends nothing, with or without a cached connection', async () => {
    await app.getToken();
    const reason = new Error('left');
    const signal = AbortSignal.abort(reason);
    await expect(app.connectors.getConnection('slack', { signal })).rejects.toBe(reason);
    await expect(app.connectors.getConnection('notion', { signal })).rejects.toBe(reason);
    expect(app.server.requests).toBe(1);
  });

  it('after the response has no effect, and no listener is left on the signal', async () => {
    const { controller, connection } = startAbortable();
    await connection;
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    controller.abort();
    await expect(app.getToken()).resolves.toBe('token-1');
  });

  it('does not bring the next renewal forward', async () => {
    await app.getToken();
    app.clock.advance(61_000);
    const held = app.server.hold();
    const { controller, connection } = startAbortable();
    await app.connectors.invalidate('slack');
    const other = app.connectors.getConnection('slack');
    await waitFor(() => held.length === 2);
    token('new')(held[1]!);
    await other;
    controller.abort();
    await catchError(connection);
    app.clock.advance(2_000);
    await app.getToken();
    await sleep(20);
    expect(app.server.requests).toBe(3);
  });

  it('and a failed renewal that no caller awaits cause no unhandled rejection', async () => {
    app.server.respond = status(503);
    const signal = AbortSignal.timeout(1);
    const calls = [
      app.connectors.getConnection('slack', { signal }),
      app.connectors.getConnection('notion'),
    ];
    for (const call of calls) call.catch(() => undefined);
    app.server.respond = token('token-1');
    await app.getToken('gmail');
    app.clock.advance(50_000);
    app.server.respond = status(500);
    await app.getToken('gmail');
    await waitFor(() => app.server.requests >= 3);
    // Jest fails the test when a rejection is not handled by then.
    await sleep(20);
  });
});
