import { toSinks } from './secret-sinks.js';

const FRAGMENT_LENGTH = 8;
/** Four characters at every fifth place: each fragment holds one of these probes as a whole. */
const PROBE_LENGTH = 4;
const PROBE_STEP = FRAGMENT_LENGTH - PROBE_LENGTH + 1;

/** A credential that looks like nothing else, so that no fragment of it is found by chance. */
export function createSecret(bytes = 24): string {
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
  const sinks = Object.entries({ ...toSinks(value), ...more });
  const hasSecret = secretFinder(secrets);
  const leaks = sinks
    .filter(([, text]) => hasSecret(text))
    .map(([sink, text]) => `${sink}: ${text.slice(0, 300)}`);
  expect(leaks).toEqual([]);
  return sinks.length;
}

/** Whether a text holds one of these secrets, or a fragment of one. */
export function containsSecret(text: string, ...secrets: readonly string[]): boolean {
  return secretFinder(secrets)(text);
}

function secretFinder(secrets: readonly string[]): (text: string) => boolean {
  const forms = secrets.flatMap(formsOf);
  const fragments = new Set(forms.flatMap((form) => windowsOf(form, FRAGMENT_LENGTH)));
  const probes = new Set(forms.flatMap((form) => windowsOf(form, PROBE_LENGTH)));
  return (text) => {
    for (let at = 0; at + PROBE_LENGTH <= text.length; at += PROBE_STEP) {
      if (!probes.has(text.slice(at, at + PROBE_LENGTH))) continue;
      const around = text.slice(Math.max(0, at - PROBE_STEP + 1), at + FRAGMENT_LENGTH);
      if (windowsOf(around, FRAGMENT_LENGTH).some((part) => fragments.has(part))) return true;
    }
    return false;
  };
}

function windowsOf(text: string, length: number): string[] {
  const count = Math.max(0, text.length - length + 1);
  return Array.from({ length: count }, (_, at) => text.slice(at, at + length));
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
