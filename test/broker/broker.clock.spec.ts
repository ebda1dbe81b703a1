import type { ConnectorsService } from 'nestjs-base44-connectors';
import { closeAfterTest } from '../support/close-after-test.js';
import { createConnectors } from '../support/create-connectors.js';
import { catchError } from '../support/async.js';
import { describeWithDeno } from '../support/deno-function.js';
import { deployedForAll, type Runtime } from './broker.fixture.js';

const MINUTE_MS = 60_000;

/** In the runtimes of Base44, whose clock is not the one of this process. */
describeWithDeno('An application whose clock differs from the broker in', () => {
  describe.each(['workerd', 'deno'] as const)('%s', testClocks);
});

function testClocks(runtime: Runtime): void {
  const held = deployedForAll({ runtime });
  let connectors: ConnectorsService;

  beforeEach(async () => {
    const { base44, options } = held.broker;
    base44.connect('slack', { accessToken: 'xoxb-1' });
    connectors = await createConnectors({
      serverUrl: base44.url,
      appId: base44.appId,
      broker: options,
    });
  });

  it.each([
    ['ahead of', 10 * MINUTE_MS],
    ['behind', -10 * MINUTE_MS],
  ])('gets an error when it is ten minutes %s the broker', async (word, skewMs) => {
    const now = Date.now.bind(Date);
    const spy = import.meta.jest.spyOn(Date, 'now').mockImplementation(() => now() + skewMs);
    closeAfterTest(() => {
      spy.mockRestore();
    });
    const error = await catchError(connectors.getConnection('slack'));
    expect(error).toMatchObject({ code: 'BROKER_CLOCK_SKEWED', connector: 'slack', status: 401 });
    expect(error.message).toMatch(new RegExp(`is (59|60)\\d s ${word} the broker's`));
    expect(error.message).toContain('Synchronize this clock with a time server.');
    expect(held.broker.base44.requests).toEqual([]);
  });

  it('gets a connection while they differ by four minutes', async () => {
    const now = Date.now.bind(Date);
    for (const skewMs of [4 * MINUTE_MS, -4 * MINUTE_MS]) {
      const spy = import.meta.jest.spyOn(Date, 'now').mockImplementation(() => now() + skewMs);
      await connectors.getConnection('slack').finally(() => {
        spy.mockRestore();
      });
    }
    expect(held.broker.base44.requests).toHaveLength(2);
  });
}
