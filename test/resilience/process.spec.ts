import { runInChild } from '../support/child-process.js';
import { ConnectorsFixture } from '../support/connectors-fixture.js';
import { printFigure } from '../support/print-figure.js';
import { scaled } from '../support/scale.js';
import { hang } from '../support/token-server.js';

describe('A process', () => {
  const app = ConnectorsFixture.forEachTest();

  /** Runs a scenario in a process that must exit by itself. */
  const run = (scenario: string, count = 1): Promise<unknown> =>
    runInChild(
      'resolving-process',
      { scenario, count, serverUrl: app.server.url },
      { nodeArguments: ['--expose-gc'] },
    );

  const expectNoDrift = (what: string, heap: unknown): void => {
    const { before, after } = heap as { before: number; after: number };
    const drift = after / before - 1;
    printFigure(
      `${what}: heap drift`,
      `${(drift * 100).toFixed(2)} % of ${(before / 2 ** 20).toFixed(1)} MiB`,
    );
    expect(drift).toBeLessThan(0.05);
  };

  it('exits by itself after close, with a thousand calls in flight', async () => {
    app.server.respond = hang;
    const { codes, settledMs } = (await run('close in flight', 1_000)) as {
      codes: string[];
      settledMs: number;
    };
    printFigure('process with 1,000 in flight: settled after', `${settledMs.toFixed(0)} ms`);
    expect(codes).toEqual(['BASE44_UNAVAILABLE']);
  });

  it('is not kept alive by cached connections or by idle sockets', async () => {
    await expect(run('end idle')).resolves.toMatchObject({ accessToken: 'token-1' });
  });

  it('resolves a connection many times without growth of its heap', async () => {
    const times = scaled(1_000_000, 200_000);
    expectNoDrift(`${times} resolves from the cache`, await run('resolve one', times));
    expect(app.server.requests).toBe(1);
  });

  it('keeps 10,000 connections however many it has resolved', async () => {
    const connections = scaled(100_000, 40_000);
    expectNoDrift(
      `${connections} connections after 20,000`,
      await run('resolve many', connections),
    );
  });
});
