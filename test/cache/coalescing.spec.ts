import type { ConnectorConnection, GetConnectionOptions } from 'nestjs-base44-connectors';
import { catchError, waitFor } from '../support/async.js';
import { ConnectorsFixture } from '../support/connectors-fixture.js';
import { printFigure } from '../support/print-figure.js';
import { scaled } from '../support/scale.js';
import { hang, status, token } from '../support/token-server.js';

const CALLERS = scaled(10_000, 10_000);
const ROUNDS = scaled(100, 2);

describe('Ten thousand concurrent callers of one connection', () => {
  const app = ConnectorsFixture.forEachTest();

  const startCallers = (
    connector: string,
    count = CALLERS,
    options?: GetConnectionOptions,
  ): Promise<ConnectorConnection>[] =>
    Array.from({ length: count }, () => app.connectors.getConnection(connector, options));

  /** Repeats a round with another connector each time, so that no round finds an earlier entry. */
  const repeat = async (what: string, round: (connector: string) => Promise<void>) => {
    const startMs = performance.now();
    for (let index = 0; index < ROUNDS; index += 1) await round(`slack-${index}`);
    const tookMs = Math.round(performance.now() - startMs);
    printFigure(`${CALLERS} callers, ${what}`, `${ROUNDS} rounds in ${tookMs} ms`);
  };

  const expectTokens = async (
    calls: readonly Promise<ConnectorConnection>[],
    accessToken: string,
  ) => {
    const tokens = new Set((await Promise.all(calls)).map((connection) => connection.accessToken));
    expect([...tokens]).toEqual([accessToken]);
  };

  const expectCodes = async (calls: readonly Promise<unknown>[], code: string) => {
    const errors = await Promise.all(calls.map((call) => catchError(call)));
    expect([...new Set(errors.map((error) => error.code))]).toEqual([code]);
  };

  it('share a request that succeeds', async () => {
    await app.boot();
    await repeat('it succeeds: 1 request', async (connector) => {
      app.server.requests = 0;
      await expectTokens(startCallers(connector), 'token-1');
      expect(app.server.requests).toBe(1);
    });
  });

  it.each([
    [404, 'CONNECTOR_NOT_CONNECTED'],
    [503, 'BASE44_UNAVAILABLE'],
  ])('share a request that fails with status %d', async (code, errorCode) => {
    await app.boot({ resilience: { retries: 0, breaker: false } });
    app.server.respond = status(code);
    await repeat(`it fails (${code}): 1 request`, async (connector) => {
      app.server.requests = 0;
      await expectCodes(startCallers(connector), errorCode);
      expect(app.server.requests).toBe(1);
    });
  });

  it('share a request that times out', async () => {
    await app.boot({ resilience: { retries: 0, breaker: false, deadlineMs: 250 } });
    app.server.respond = hang;
    await repeat('it times out: 1 request', async (connector) => {
      await expectCodes(startCallers(connector), 'BASE44_UNAVAILABLE');
    });
    // On a busy machine the deadline may pass before a request is sent.
    expect(app.server.requests).toBeLessThanOrEqual(ROUNDS);
  });

  it('share a request while the cached connection expires', async () => {
    await app.boot({ cache: { ttlMs: 1_000, staleIfErrorMs: 1_000 } });
    await repeat('it expires meanwhile: 1 request', async (connector) => {
      app.server.respond = token('old');
      await app.getToken(connector);
      app.server.requests = 0;
      const held = app.server.hold();
      app.clock.advance(1_500);
      const early = startCallers(connector, CALLERS / 2);
      app.clock.advance(1_500);
      const late = startCallers(connector, CALLERS / 2);
      await waitFor(() => held.length === 1);
      token('new', { expires_in: 0 })(held[0]!);
      await expectTokens([...early, ...late], 'new');
      expect(app.server.requests).toBe(1);
    });
  });

  it('share one request before an invalidation and another after it', async () => {
    await app.boot();
    let isOldFirst = false;
    await repeat('invalidated meanwhile: 1 request before, 1 after', async (connector) => {
      isOldFirst = !isOldFirst;
      app.server.requests = 0;
      const held = app.server.hold();
      const before = startCallers(connector, CALLERS / 2);
      await waitFor(() => held.length === 1);
      await app.connectors.invalidate(isOldFirst ? connector : undefined);
      const after = startCallers(connector, CALLERS / 2);
      await waitFor(() => held.length === 2);
      const [old, latest] = held;
      const responses = [() => token('old')(old!), () => token('new')(latest!)];
      const [first, second] = isOldFirst ? responses : responses.reverse();
      first!();
      await expectTokens(isOldFirst ? before : after, isOldFirst ? 'old' : 'new');
      const between = startCallers(connector, 1);
      second!();
      await expectTokens(before, 'old');
      await expectTokens([...after, ...between], 'new');
      await expectTokens(startCallers(connector, 1), 'new');
      expect(app.server.requests).toBe(2);
    });
  });

  it('share a request for a fresh connection although one is cached', async () => {
    await app.boot();
    await repeat('fresh: 1 request', async (connector) => {
      app.server.respond = token('old');
      await app.getToken(connector);
      app.server.requests = 0;
      app.server.respond = token('new');
      await expectTokens(startCallers(connector, CALLERS, { fresh: true }), 'new');
      expect(app.server.requests).toBe(1);
    });
  });
});
