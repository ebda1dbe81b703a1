import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { Test } from '@nestjs/testing';
import { Keyv } from 'keyv';
import {
  ConnectorsModule,
  ConnectorsService,
  type ConnectorsStore,
} from 'nestjs-base44-connectors';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { closeAfterTest } from '../support/close-after-test.js';
import { waitFor } from '../support/async.js';
import { toOptions } from '../support/to-options.js';

const APPLICATIONS = 15;

/** A store that settles calls only when a test says so. */
class HeldStore extends EventEmitter implements ConnectorsStore {
  readonly #held: (() => void)[] = [];

  get pending(): number {
    return this.#held.length;
  }

  get(): Promise<undefined> {
    return new Promise((resolve) => {
      this.#held.push(() => {
        resolve(undefined);
      });
    });
  }

  set = () => this.get();
  delete = () => this.get();

  release(): void {
    for (const settle of this.#held.splice(0)) settle();
  }
}

async function boot(base44: Base44Emulator, store: ConnectorsStore, storeDeadlineMs?: number) {
  const encryptionKeys = [randomBytes(32).toString('base64')];
  const cache = { store, encryptionKeys, storeDeadlineMs };
  return Test.createTestingModule({
    imports: [ConnectorsModule.forRoot({ ...toOptions(base44), cache })],
  }).compile();
}

describe('After an application closes', () => {
  let base44: Base44Emulator;

  beforeEach(async () => {
    base44 = await Base44Emulator.start();
    closeAfterTest(() => base44.close());
    base44.connect('slack', { accessToken: 'xoxb-1' });
  });

  it.each([
    ['Keyv', () => new Keyv<string>()],
    ['an emitter without off()', () => Object.assign(new HeldStore(), { off: undefined })],
    [
      'an emitter without removeListener()',
      () => Object.assign(new HeldStore(), { removeListener: undefined }),
    ],
  ])('no listener stays on a shared store: %s', async (_name, createStore) => {
    const store = createStore() as ConnectorsStore & Pick<EventEmitter, 'listeners'>;
    const before = store.listeners('error').length;
    for (let booted = 0; booted < APPLICATIONS; booted += 1) {
      const app = await boot(base44, store);
      expect(store.listeners('error')).toHaveLength(before + 1);
      await app.close();
    }
    expect(store.listeners('error')).toHaveLength(before);
  });

  it('an error of a call that was in flight has a listener', async () => {
    const store = new HeldStore();
    const app = await boot(base44, store, 600_000);
    const connection = app.get(ConnectorsService).getConnection('slack');
    connection.catch(() => undefined);
    await waitFor(() => store.pending > 0);
    await app.close();
    await expect(connection).rejects.toMatchObject({ code: 'BASE44_UNAVAILABLE' });
    expect(store.emit('error', new Error('the connection was lost'))).toBe(true);
    store.release();
    await waitFor(() => store.listenerCount('error') === 0);
  });
});
