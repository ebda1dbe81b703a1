import { randomBytes } from 'node:crypto';
import type { ConnectorsStore } from 'nestjs-base44-connectors';
import { catchError, waitFor } from '../support/async.js';
import { ConnectorsFixture } from '../support/connectors-fixture.js';
import { hang } from '../support/token-server.js';

/** Longer than a test may take, so only the deadline of the call can end its wait. */
const STORE_DEADLINE_MS = 300_000;

/** A store that hangs on names with a prefix, and holds nothing else. */
class HangingStore implements ConnectorsStore {
  calls = 0;

  constructor(private readonly prefix: string) {}

  get(name: string) {
    this.calls += 1;
    return name.includes(this.prefix)
      ? new Promise<undefined>(() => undefined)
      : Promise.resolve(undefined);
  }

  set() {
    return Promise.resolve(true);
  }

  delete() {
    return Promise.resolve(true);
  }
}

describe.each(['epoch:', 'entry:'])('While the shared store hangs on %s', (prefix) => {
  const app = ConnectorsFixture.forEachTest();
  let store: HangingStore;

  const boot = async (deadlineMs: number) => {
    store = new HangingStore(prefix);
    const encryptionKeys = [randomBytes(32).toString('base64')];
    const cache = { store, encryptionKeys, storeDeadlineMs: STORE_DEADLINE_MS };
    await app.boot({ cache, resilience: { deadlineMs, attemptTimeoutMs: deadlineMs } });
    app.server.respond = hang;
  };

  it('a call rejects at its deadline', async () => {
    await boot(200);
    await expect(app.getToken()).rejects.toMatchObject({
      code: 'BASE44_UNAVAILABLE',
      message: expect.stringContaining('no response within 200 ms') as string,
    });
  });

  it('a call rejects when its caller aborts', async () => {
    await boot(STORE_DEADLINE_MS);
    const controller = new AbortController();
    const { signal } = controller;
    const aborted = catchError(app.connectors.getConnection('slack', { signal }));
    await waitFor(() => store.calls > 0);
    controller.abort(new Error('the caller left'));
    await expect(aborted).resolves.toBe(signal.reason);
  });
});
