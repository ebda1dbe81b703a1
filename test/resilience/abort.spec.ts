import { getEventListeners } from 'node:events';
import { Base44UnavailableError } from 'nestjs-base44-connectors';
import { waitFor, sleep, catchError } from '../support/async.js';
import { figure } from '../support/figures.js';
import { Resolving } from '../support/resolving.js';
import { status, token } from '../support/token-server.js';

describe("A caller's abort", () => {
  const app = Resolving.forEachTest();
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);

  beforeEach(async () => {
    await app.boot({ resilience: { retries: 0, breaker: false } });
    unhandled.length = 0;
    process.on('unhandledRejection', note);
  });

  afterEach(async () => {
    await sleep(5);
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  const abortable = (connector = 'slack') => {
    const controller = new AbortController();
    const { signal } = controller;
    return { controller, answer: app.connectors.getConnection(connector, { signal }) };
  };

  it.each([0, 500, 999])(
    'is its own: of 1,000 only caller %d stays, and succeeds',
    async (stays) => {
      const held = app.server.hold();
      const callers = Array.from({ length: 1_000 }, () => abortable());
      const settled = Promise.allSettled(callers.map(({ answer }) => answer));
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

  it('is its own also when the others gave no signal', async () => {
    const held = app.server.hold();
    const other = app.connectors.getConnection('slack');
    const { controller, answer } = abortable();
    await waitFor(() => held.length === 1);
    controller.abort();
    await expect(answer).rejects.toThrow('aborted');
    token('token-1')(held[0]!);
    await expect(other).resolves.toMatchObject({ accessToken: 'token-1' });
  });

  it('closes the socket when it is the last one', async () => {
    const tookMs: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      const held = app.server.hold();
      const callers = Array.from({ length: 50 }, () => abortable(`slack-${round}`));
      const settled = Promise.allSettled(callers.map(({ answer }) => answer));
      await waitFor(() => held.length === 1);
      const closed = new Promise((resolve) => held[0]!.once('close', resolve));
      const beganAtMs = performance.now();
      for (const { controller } of callers) controller.abort();
      await Promise.all([closed, settled]);
      tookMs.push(performance.now() - beganAtMs);
    }
    figure('all abort: the socket is closed within', `${Math.max(...tookMs).toFixed(1)} ms`);
    expect(app.server.abandoned).toBe(20);
    expect(tookMs.sort((a, b) => a - b)[10]).toBeLessThan(100);
  });

  it('leaves nothing to the one who asks in the same tick: a new request is sent', async () => {
    const held = app.server.hold();
    const { controller, answer } = abortable();
    await waitFor(() => held.length === 1);
    controller.abort();
    const next = app.connectors.getConnection('slack');
    await expect(answer).rejects.toThrow('aborted');
    await waitFor(() => held.length === 2);
    token('token-2')(held[1]!);
    await expect(next).resolves.toMatchObject({ accessToken: 'token-2' });
  });

  it('is what the caller hears of, whatever its reason looks like', async () => {
    await app.token();
    app.clock.advance(61_000);
    const held = app.server.hold();
    const { controller, answer } = abortable();
    await waitFor(() => held.length === 1);
    const reason = new Base44UnavailableError({ connector: 'slack' }, 'a reason to leave');
    controller.abort(reason);
    await expect(answer).rejects.toBe(reason);
  });

  it('counts while the shared store is asked, too', async () => {
    const slowly = () => sleep(100);
    const store = { get: slowly, set: slowly, delete: slowly };
    const encryptionKeys = [Buffer.alloc(32, 1).toString('base64')];
    await app.boot({ cache: { store, encryptionKeys } });
    const held = app.server.hold();
    const { controller, answer } = abortable();
    controller.abort(new Error('left'));
    await expect(answer).rejects.toThrow('left');
    await sleep(150);
    expect(held).toHaveLength(0);
  });

  it('before the call sends nothing, though the connection were kept', async () => {
    await app.token();
    const reason = new Error('left');
    const signal = AbortSignal.abort(reason);
    await expect(app.connectors.getConnection('slack', { signal })).rejects.toBe(reason);
    await expect(app.connectors.getConnection('notion', { signal })).rejects.toBe(reason);
    expect(app.server.requests).toBe(1);
  });

  it('after the answer does nothing, and no listener stays behind', async () => {
    const { controller, answer } = abortable();
    await answer;
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    controller.abort();
    await expect(app.token()).resolves.toBe('token-1');
  });

  it('does not bring the next renewal forward', async () => {
    await app.token();
    app.clock.advance(61_000);
    const held = app.server.hold();
    const { controller, answer } = abortable();
    await app.connectors.invalidate('slack');
    const other = app.connectors.getConnection('slack');
    await waitFor(() => held.length === 2);
    token('new')(held[1]!);
    await other;
    controller.abort();
    await catchError(answer);
    app.clock.advance(2_000);
    await app.token();
    await sleep(20);
    expect(app.server.requests).toBe(3);
  });

  it('and a failure that nobody awaits end no process', async () => {
    app.server.respond = status(503);
    const signal = AbortSignal.timeout(1);
    const waits = [
      app.connectors.getConnection('slack', { signal }),
      app.connectors.getConnection('notion'),
    ];
    for (const wait of waits) wait.catch(() => undefined);
    app.server.respond = token('token-1');
    await app.token('gmail');
    app.clock.advance(50_000);
    app.server.respond = status(500);
    await app.token('gmail');
    await waitFor(() => app.server.requests >= 3);
  });
});
