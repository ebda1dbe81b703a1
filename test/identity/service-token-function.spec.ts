import { ConsoleLogger } from '@nestjs/common';
import { ConnectorsFixture } from '../support/connectors-fixture.js';
import { containsSecret, createSecret } from '../support/expect-no-secret.js';
import { catchError } from '../support/async.js';

function fail(thing: unknown): never {
  throw thing;
}

/** Collects the lines that Nest's logger writes. */
class CollectingLogger extends ConsoleLogger {
  readonly lines: string[] = [];

  override error(...parts: [unknown, ...unknown[]]): void {
    this.lines.push(parts.map(String).join('\n'));
  }
}

describe('A serviceToken function without a token', () => {
  const app = ConnectorsFixture.forEachTest();
  let logger: CollectingLogger;

  const boot = async (serviceToken: () => string | Promise<string>) => {
    logger = new CollectingLogger();
    await app.boot({ serviceToken, cache: false, resilience: { retries: 0, breaker: false } });
    app.module!.useLogger(logger);
  };

  const expectFailure = () =>
    expect(app.getToken()).rejects.toMatchObject({
      code: 'SERVICE_ROLE_REQUIRED',
      message: "The serviceToken function failed. Make it return the app's service token.",
    });

  it.each([
    ['throws', () => fail(new TypeError('the vault is sealed'))],
    ['rejects', () => Promise.reject(new TypeError('the vault is sealed'))],
  ])('has its error in the log when it %s, with the stack', async (_, serviceToken) => {
    await boot(serviceToken);
    await expectFailure();
    expect(logger.lines).toEqual([
      expect.stringMatching(
        /^The serviceToken function failed\.\nTypeError: the vault is sealed\n +at .*service-token-function\.spec\.[jt]s:[^]*\nConnectorsModule$/,
      ),
    ]);
  });

  it.each([undefined, '', 'two words', 'a\nb', 42])(
    'is rejected with the remedy when it returns %j',
    async (token) => {
      await boot(() => token as string);
      await expect(app.getToken()).rejects.toMatchObject({
        code: 'SERVICE_ROLE_REQUIRED',
        message:
          'The serviceToken function returned no token that can be sent. ' +
          'Make it return a non-empty string without spaces and line breaks.',
      });
      expect(logger.lines).toEqual([]);
    },
  );

  it('is logged once until it has returned a token again', async () => {
    let isSealed = true;
    await boot(() => (isSealed ? fail(new Error('sealed')) : 'service-token'));
    await expectFailure();
    await expectFailure();
    expect(logger.lines).toHaveLength(1);
    isSealed = false;
    await app.getToken();
    isSealed = true;
    await expectFailure();
    expect(logger.lines).toHaveLength(2);
  });

  it.each<[string, (secret: string) => unknown]>([
    ['its message', (secret) => new Error(`401 for Bearer ${secret}, sent to the vault`)],
    ['its cause', (secret) => new Error('no', { cause: new Error(secret) })],
    ['a property', (secret) => Object.assign(new Error('no'), { headers: { secret } })],
    ['a string instead of it', (secret) => secret],
    ['an object instead of it', (secret) => ({ message: secret, stack: secret })],
  ])('shows no token of %s in the log', async (_, toThrown) => {
    const secret = createSecret();
    await boot(() => fail(toThrown(secret)));
    const error = await catchError(app.getToken());
    expect(logger.lines).toHaveLength(1);
    const shown = [...logger.lines, (error as Error).stack].join('\n');
    expect(containsSecret(shown, secret)).toBe(false);
  });

  it('has the place of a token in the log', async () => {
    await boot(() => fail(new Error(`401 for ${createSecret()}, sent to the vault`)));
    await expectFailure();
    expect(logger.lines.join()).toContain('Error: 401 for [redacted], sent to the vault\n');
  });

  it('has in the log that the value it throws is no error', async () => {
    await boot(() => fail('sealed'));
    await expectFailure();
    expect(logger.lines.join()).toContain('It threw a value that is not an Error: string');
  });
});
