import { AxiosError, AxiosHeaders } from 'axios';
import { inspect } from 'node:util';
import { catchError } from '../support/async.js';
import { ConnectorsFixture } from '../support/connectors-fixture.js';
import { createSecret, expectNoSecret } from '../support/expect-no-secret.js';

describe('A failing serviceToken function', () => {
  const app = ConnectorsFixture.forEachTest();
  const lines: string[] = [];

  const record = (message: unknown): void => {
    lines.push(String(message));
  };

  beforeEach(() => {
    lines.length = 0;
  });

  const fail = async (error: unknown) => {
    const serviceToken = (): never => {
      throw error;
    };
    await app.boot({ serviceToken });
    app.module?.useLogger({ log: record, warn: record, error: record });
    return catchError(app.getToken());
  };

  it('is logged with its stack and its causes, and clients receive none of that', async () => {
    const cause = new RangeError('the vault is sealed');
    const error = await fail(new Error('no token for you', { cause }));
    expect(error).toMatchObject({
      code: 'SERVICE_ROLE_REQUIRED',
      message: "The serviceToken function failed. Make it return the app's service token.",
    });
    expect(inspect(error)).not.toMatch(/no token for you|sealed/);
    expect(lines).toEqual([
      expect.stringMatching(
        /^The serviceToken function failed: Error: no token for you\n +at .+\nCaused by: RangeError: the vault is sealed\n +at /s,
      ),
    ]);
  });

  it('is logged when it throws a value that is not an error', async () => {
    await fail('down');
    await fail({ reason: 'down' });
    await fail(undefined);
    expect(lines).toEqual([
      "The serviceToken function failed: 'down'",
      "The serviceToken function failed: { reason: 'down' }",
      'The serviceToken function failed: undefined',
    ]);
  });

  it('is logged without the credentials of the request that failed', async () => {
    const secret = createSecret();
    const headers = new AxiosHeaders({ 'X-Vault-Token': secret });
    await fail(new AxiosError('status 503', 'ERR_BAD_RESPONSE', { headers }));
    expect(lines).toEqual([expect.stringContaining('AxiosError: status 503')]);
    expectNoSecret(lines, [secret]);
  });

  it('is logged once when its error causes itself', async () => {
    const error = new Error('loop');
    error.cause = error;
    await fail(error);
    expect(lines).toHaveLength(1);
  });
});
