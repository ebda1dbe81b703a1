import { randomBytes } from 'node:crypto';
import type { ConnectorsStore } from 'nestjs-base44-connectors';
import { sleep } from '../support/async.js';
import { ConnectorsFixture } from '../support/connectors-fixture.js';

/** A store that accepts all values. It responds to reads with the same value, or with none. */
class ForgetfulStore implements ConnectorsStore {
  calls = 0;

  constructor(private readonly value: string | undefined) {}

  get() {
    this.calls += 1;
    return Promise.resolve(this.value);
  }

  set() {
    this.calls += 1;
    return Promise.resolve(true);
  }

  delete() {
    return Promise.resolve(true);
  }
}

describe('A shared store', () => {
  const app = ConnectorsFixture.forEachTest();

  it.each([
    ['loses all values', undefined],
    ['holds a generation of the far future', `999999999999999.${'a'.repeat(36)}`],
    ['holds text of another program', 'not a generation'],
  ])('that %s is not called without a pause', async (_, value) => {
    const store = new ForgetfulStore(value);
    const encryptionKeys = [randomBytes(32).toString('base64')];
    await app.boot({ cache: { store, encryptionKeys } });
    await app.getToken();
    await app.connectors.invalidate('slack');
    await app.getToken();
    expect(app.server.requests).toBe(2);
    await sleep(1_000);
    // Three checks take place. A loop without a pause makes thousands of calls.
    expect(store.calls).toBeLessThan(200);
  });
});
