import { expectNoSecret, createSecret, containsSecret } from '../support/expect-no-secret.js';
import { toSinks } from '../support/secret-sinks.js';
import { startThrowingApp } from '../support/throwing-app.js';

/** Tests that the search for secrets finds them. */

const secret = createSecret();

it.each<[string, string]>([
  ['raw', secret],
  ['eight characters of it', `…${secret.slice(7, 15)}…`],
  ['in base64', Buffer.from(secret).toString('base64')],
  ['in base64url', Buffer.from(secret).toString('base64url')],
  ['in base64 behind one byte', Buffer.from(`:${secret}`).toString('base64')],
  ['in base64 between others', Buffer.from(`Bearer ${secret}, and more`).toString('base64')],
])('a text with the secret %s shows it', (_case, text) => {
  expect(containsSecret(`before ${text} after`, secret)).toBe(true);
});

it('eight characters show it at every place of a text', () => {
  for (let from = 0; from + 8 <= secret.length; from += 1) {
    for (let before = 0; before < 8; before += 1) {
      const text = ' '.repeat(before) + secret.slice(from, from + 8);
      expect(containsSecret(text, secret)).toBe(true);
    }
  }
});

it.each(['', 'nothing', secret.slice(0, 7), createSecret()])('%j shows no secret', (text) => {
  expect(containsSecret(text, secret)).toBe(false);
});

it.each<[string, () => unknown, string[]]>([
  ['message', () => new Error(secret), Object.keys(toSinks(new Error()))],
  [
    'cause',
    () => new Error('a', { cause: new Error(secret) }),
    ['causes', 'inspection', 'deepInspection', 'clone', 'properties', 'consoleError', 'nestText'],
  ],
  [
    'property',
    () => Object.assign(new Error('a'), { secret }),
    ['inspection', 'json', 'properties'],
  ],
  ['hidden property', () => hidden(new Error('a'), 'secret'), ['deepInspection', 'properties']],
  ['symbol', () => hidden(new Error('a'), Symbol('secret')), ['deepInspection', 'properties']],
  ['inherited getter', () => new WithGetter(), ['properties']],
  ['deep property', () => ({ a: { b: { c: { d: { secret } } } } }), ['deepInspection', 'json']],
])('a secret in a %s is found in the sinks that show it', (_where, value, sinks) => {
  const found = Object.entries(toSinks(value()))
    .filter(([, text]) => containsSecret(text, secret))
    .map(([sink]) => sink);

  // The message of an error does not contain its cause, and its JSON contains only own properties.
  expect(found).toEqual(expect.arrayContaining(sinks.filter((sink) => !BLIND.has(sink))));
  expect(() => expectNoSecret(value(), [secret])).toThrow();
});

const BLIND = new Set(['causes', 'json']);

it('an error whose message reaches the client is found in the response and in the log', async () => {
  const { answer, applicationLog } = await (await startThrowingApp())(new Error(secret));

  expect(containsSecret(answer, secret)).toBe(false);
  expect(containsSecret(applicationLog, secret)).toBe(true);
});

it('an error without the secret passes, in at least twelve sinks', async () => {
  const error = new Error('nothing');

  expect(expectNoSecret(error, [secret], await (await startThrowingApp())(error))).toBe(16);
});

function hidden(error: Error, key: PropertyKey): Error {
  return Object.defineProperty(error, key, { value: secret });
}

class WithGetter {
  get secret(): string {
    return secret;
  }
}
