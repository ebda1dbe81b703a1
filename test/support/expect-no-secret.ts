import { sinksOf } from './secret-sinks.js';

const FRAGMENT_LENGTH = 8;

/** A credential that looks like nothing else, so that no fragment of it is found by chance. */
export function randomSecret(bytes = 24): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('base64url');
}

/**
 * Fails when a sink shows a secret, or eight characters of it: raw, in base64 or in base64url.
 *
 * @param value - an error, or whatever else an application may print
 * @param more - further texts that left the process on account of the value, such as an HTTP answer
 * @returns how many sinks were looked at
 */
export function expectNoSecret(
  value: unknown,
  secrets: readonly string[],
  more: Readonly<Record<string, string>> = {},
): number {
  const sinks = Object.entries({ ...sinksOf(value), ...more });
  const leaks = sinks
    .filter(([, text]) => secrets.some((secret) => shows(text, secret)))
    .map(([sink, text]) => `${sink}: ${text.slice(0, 300)}`);
  expect(leaks).toEqual([]);
  return sinks.length;
}

/** Whether a text holds a secret or a fragment of it. */
export function shows(text: string, secret: string): boolean {
  const windows = new Set<string>();
  for (let at = 0; at + FRAGMENT_LENGTH <= text.length; at++) {
    windows.add(text.slice(at, at + FRAGMENT_LENGTH));
  }
  return formsOf(secret).some((form) => {
    for (let at = 0; at + FRAGMENT_LENGTH <= form.length; at++) {
      if (windows.has(form.slice(at, at + FRAGMENT_LENGTH))) return true;
    }
    return false;
  });
}

/** Base64 depends on how many bytes come before, modulo three. */
function formsOf(secret: string): string[] {
  const encoded = ['', ' ', '  '].flatMap((before) => {
    const bytes = Buffer.from(before + secret);
    return (['base64', 'base64url'] as const).map((encoding) =>
      bytes.toString(encoding).slice(before === '' ? 0 : 4),
    );
  });
  return [secret, ...encoded];
}
