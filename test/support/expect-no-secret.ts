import { toSinks } from './secret-sinks.js';

const FRAGMENT_LENGTH = 8;
/** Four characters at every fifth place. Every fragment contains at least one of them. */
const PROBE_LENGTH = 4;
const PROBE_STEP = FRAGMENT_LENGTH - PROBE_LENGTH + 1;

/** Creates a random credential, so that no fragment of it occurs by chance. */
export function createSecret(bytes = 24): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('base64url');
}

/**
 * Fails when a sink shows a secret, or eight characters of it: raw, in base64 or in base64url.
 *
 * @param value - an error, or another value that an application may print
 * @param more - further texts that left the process because of the value, such as an HTTP response
 * @returns the number of checked sinks
 */
export function expectNoSecret(
  value: unknown,
  secrets: readonly string[],
  more: Readonly<Record<string, string>> = {},
): number {
  const sinks = Object.entries({ ...toSinks(value), ...more });
  const hasSecret = secretFinder(secrets);
  const leaks = sinks
    .filter(([, text]) => hasSecret(text))
    .map(([sink, text]) => `${sink}: ${text.slice(0, 300)}`);
  expect(leaks).toEqual([]);
  return sinks.length;
}

/** Tells whether a text contains one of these secrets, or a fragment of one. */
export function containsSecret(text: string, ...secrets: readonly string[]): boolean {
  return secretFinder(secrets)(text);
}

function secretFinder(secrets: readonly string[]): (text: string) => boolean {
  const forms = secrets.flatMap(encode);
  const fragments = new Set(forms.flatMap((form) => splitIntoWindows(form, FRAGMENT_LENGTH)));
  const probes = new Set(forms.flatMap((form) => splitIntoWindows(form, PROBE_LENGTH)));
  return (text) => {
    for (let at = 0; at + PROBE_LENGTH <= text.length; at += PROBE_STEP) {
      if (!probes.has(text.slice(at, at + PROBE_LENGTH))) continue;
      const around = text.slice(Math.max(0, at - PROBE_STEP + 1), at + FRAGMENT_LENGTH);
      if (splitIntoWindows(around, FRAGMENT_LENGTH).some((part) => fragments.has(part)))
        return true;
    }
    return false;
  };
}

function splitIntoWindows(text: string, length: number): string[] {
  const count = Math.max(0, text.length - length + 1);
  return Array.from({ length: count }, (_, at) => text.slice(at, at + length));
}

/** Base64 depends on the number of bytes before, modulo three. */
function encode(secret: string): string[] {
  const encoded = ['', ' ', '  '].flatMap((before) => {
    const bytes = Buffer.from(before + secret);
    return (['base64', 'base64url'] as const).map((encoding) =>
      bytes.toString(encoding).slice(before === '' ? 0 : 4),
    );
  });
  return [secret, ...encoded];
}
