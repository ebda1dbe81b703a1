import { catchError, waitFor } from '../support/async.js';
import { MemoryStoreFixture } from './memory-store.fixture.js';

const ID = 'b3f1c6de-0000-4000-8000-000000000000';

/** A lease that another process always holds. */
class HeldLease {
  readonly names: string[] = [];

  acquire = async (name: string): Promise<boolean> => {
    this.names.push(name);
    return false;
  };

  release = async (): Promise<void> => undefined;
}

describe('A caller that waits for the holder of a lease', () => {
  const app = MemoryStoreFixture.forEachTest();
  let lease: HeldLease;
  let error: Promise<unknown>;
  let isSettled: boolean;

  beforeEach(async () => {
    lease = new HeldLease();
    isSettled = false;
    const waiting = await app.boot({ cache: { lease } });
    error = catchError(waiting.getToken()).finally(() => (isSettled = true));
    await waitForAttempts();
  });

  const waitForAttempts = async (): Promise<void> => {
    const before = lease.names.length;
    await waitFor(() => lease.names.length > before + 2);
  };

  const setFailure = (failure: string): void => {
    app.store.values.set(`failure:${lease.names[0]!}`, failure);
  };

  it.each([
    [404, { code: 'CONNECTOR_NOT_CONNECTED' }],
    [429, { code: 'RATE_LIMITED', retryAfterMs: 7_000 }],
    [503, { code: 'BASE44_UNAVAILABLE', retryAfterMs: 7_000 }],
  ])(
    'rejects with the status %d that the holder got, and sends nothing',
    async (status, expected) => {
      setFailure(`${ID} ${status} 7`);
      await expect(error).resolves.toMatchObject({ ...expected, status, connector: 'slack' });
      expect(app.server.requests).toBe(0);
    },
  );

  it.each([
    '',
    'damaged',
    `${ID} 200 0`,
    `${ID} 401 0`,
    `${ID} 403 0`,
    `${ID} 402 0`,
    `${ID} 503`,
    `${ID} 503 0 0`,
    `${ID} 503 999999`,
    `${ID.slice(1)} 503 0`,
  ])('does not believe the failure %p', async (failure) => {
    setFailure(failure);
    await waitForAttempts();
    expect(isSettled).toBe(false);
    setFailure(`${ID} 503 0`);
    await expect(error).resolves.toMatchObject({ status: 503 });
  });
});
