import { checkBroker } from '../../lib/cli/broker-check.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { createSecret } from '../support/expect-no-secret.js';
import { respondWith, startRecordingServer } from '../support/recording-server.js';

/** Runs the command in this process, and returns the lines that it prints. */
async function check(body: unknown, status = 200) {
  const lines: string[] = [];
  for (const method of ['log', 'error'] as const) {
    const spy = import.meta.jest
      .spyOn(console, method)
      .mockImplementation((...parts: unknown[]) => {
        lines.push(parts.map(String).join(' '));
      });
    closeAfterTest(() => {
      spy.mockRestore();
    });
  }
  const { exitCode } = process;
  const { url, requests } = await startRecordingServer(respondWith(body, status));
  await checkBroker({
    url: { value: `${url}/functions/connectors-broker`, name: '--url' },
    secret: { value: createSecret(32), name: 'CONNECTORS_BROKER_SECRET' },
    connector: undefined,
  });
  const hasFailed = process.exitCode === 1;
  process.exitCode = exitCode;
  return { hasFailed, printed: lines.join('\n'), requests };
}

describe('broker check', () => {
  it('asks the broker for the names that it allows', async () => {
    const { hasFailed, printed, requests } = await check({ ok: true, allowed: ['slack'] });
    expect(requests.map((request) => request.body)).toEqual(['{"operation":"check"}']);
    expect([hasFailed, printed]).toEqual([
      false,
      expect.stringContaining('The broker works. It allows: slack.'),
    ]);
  });

  it.each([{ ok: 'yes', allowed: ['slack'] }, { ok: true, allowed: 'slack' }, {}])(
    'finds no broker that responds with %j',
    async (body) => {
      const { hasFailed, printed } = await check(body);
      expect([hasFailed, printed]).toEqual([
        true,
        expect.stringContaining('responds, but it is not a broker. Correct --url.'),
      ]);
    },
  );

  it('names no connector in its errors', async () => {
    const { hasFailed, printed } = await check({}, 429);
    expect([hasFailed, printed]).toEqual([
      true,
      expect.stringContaining('Base44 limits the request rate of app of this broker.'),
    ]);
  });
});
