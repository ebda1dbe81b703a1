import type { ConnectorConnection, GetConnectionOptions } from 'nestjs-base44-connectors';
import { waitFor } from '../support/async.js';
import { printFigure } from '../support/print-figure.js';
import { ConnectorsFixture } from '../support/connectors-fixture.js';
import { scaled } from '../support/scale.js';
import { hang, status, token } from '../support/token-server.js';

const CALLERS = 10_000;
const ROUNDS = scaled(100, 2);

describe('Ten thousand concurrent callers of one connection', () => {
  const app = ConnectorsFixture.forEachTest();

  const callers = (
    connector: string,
    count = CALLERS,
    options?: GetConnectionOptions,
  ): Promise<ConnectorConnection>[] =>
    Array.from({ length: count }, () => app.connectors.getConnection(connector, options));

  /** A name of its own for each round, so that no round finds what another one left. */
  const rounds = async (what: string, round: (connector: string) => Promise<void>) => {
    const beganAtMs = performance.now();
    for (let index = 0; index < ROUNDS; index += 1) await round(`slack-${index}`);
    const tookMs = Math.round(performance.now() - beganAtMs);
    printFigure(`${CALLERS} callers, ${what}`, `${ROUNDS} rounds in ${tookMs} ms`);
  };

  const expectTokens = async (
    promises: readonly Promise<ConnectorConnection>[],
    accessToken: string,
  ) => {
    const tokens = new Set((await Promise.all(promises)).map((given) => given.accessToken));
    expect([...tokens]).toEqual([accessToken]);
  };

  const expectCodes = async (promises: readonly Promise<unknown>[], code: string) => {
    const settled = await Promise.allSettled(promises);
    const codes = settled.map((result) =>
      result.status === 'rejected' ? (result.reason as { code: string }).code : 'resolved',
    );
    expect([...new Set(codes)]).toEqual([code]);
  };

  it('share one request that succeeds', async () => {
    await app.boot();
    await rounds('it succeeds: 1 request', async (connector) => {
      app.server.requests = 0;
      await expectTokens(callers(connector), 'token-1');
      expect(app.server.requests).toBe(1);
    });
  });

  it.each([
    [404, 'CONNECTOR_NOT_CONNECTED'],
    [503, 'BASE44_UNAVAILABLE'],
  ])('share one request that fails with status %d', async (code, errorCode) => {
    await app.boot({ resilience: { retries: 0, breaker: false } });
    app.server.respond = status(code);
    await rounds(`it fails (${code}): 1 request`, async (connector) => {
      app.server.requests = 0;
      await expectCodes(callers(connector), errorCode);
      expect(app.server.requests).toBe(1);
    });
  });

  it('share one request that times out', async () => {
    await app.boot({ resilience: { retries: 0, breaker: false, deadlineMs: 250 } });
    app.server.respond = hang;
    await rounds('it times out: 1 request', async (connector) => {
      await expectCodes(callers(connector), 'BASE44_UNAVAILABLE');
    });
    // On a busy machine the time may be over before the request has left.
    expect(app.server.requests).toBeLessThanOrEqual(ROUNDS);
    expect(app.server.requests).toBeGreaterThan(0);
  });

  it('share one request while the kept connection passes every bound', async () => {
    await app.boot({ cache: { ttlMs: 1_000, staleIfErrorMs: 1_000 } });
    await rounds('it expires meanwhile: 1 request', async (connector) => {
      app.server.respond = token('old');
      await app.getToken(connector);
      app.server.requests = 0;
      const held = app.server.hold();
      app.clock.advance(1_500);
      const early = callers(connector, CALLERS / 2);
      app.clock.advance(1_500);
      const late = callers(connector, CALLERS / 2);
      await waitFor(() => held.length === 1);
      token('new', { expires_in: 0 })(held[0]!);
      await expectTokens([...early, ...late], 'new');
      expect(app.server.requests).toBe(1);
    });
  });

  it('share one request before an invalidation and another one after it', async () => {
    await app.boot();
    let isOldFirst = false;
    await rounds('it is invalidated meanwhile: 1 request before and 1 after', async (connector) => {
      isOldFirst = !isOldFirst;
      app.server.requests = 0;
      const held = app.server.hold();
      const before = callers(connector, CALLERS / 2);
      await waitFor(() => held.length === 1);
      await app.connectors.invalidate(isOldFirst ? connector : undefined);
      const after = callers(connector, CALLERS / 2);
      await waitFor(() => held.length === 2);
      const [old, latest] = held;
      const answers = [() => token('old')(old!), () => token('new')(latest!)];
      const [first, second] = isOldFirst ? answers : answers.reverse();
      first!();
      await expectTokens(isOldFirst ? before : after, isOldFirst ? 'old' : 'new');
      second!();
      await expectTokens(before, 'old');
      await expectTokens(after, 'new');
      await expectTokens(callers(connector, 1), 'new');
      expect(app.server.requests).toBe(2);
    });
  });

  it('who all want a fresh one share one request, kept connection or not', async () => {
    await app.boot();
    await rounds('fresh: 1 request', async (connector) => {
      app.server.respond = token('old');
      await app.getToken(connector);
      app.server.requests = 0;
      app.server.respond = token('new');
      await expectTokens(callers(connector, CALLERS, { fresh: true }), 'new');
      expect(app.server.requests).toBe(1);
    });
  });
});
