const IDENTIFIER = /^[a-z0-9](?:[a-z0-9_-]{0,126}[a-z0-9])?$/i;
const BEARER_TOKEN = /^[\x21-\x7e]+$/;

/** More than common servers accept in a header. */
const MAX_TOKEN_LENGTH = 65_536;

/**
 * What an identifier may look like, in the words that errors use.
 *
 * @internal
 */
export const IDENTIFIER_RULE =
  "1 to 128 letters, digits, '_' or '-', with a letter or digit at both ends";

/**
 * Whether a value can stand as one segment of a path and select nothing else:
 * no dots, no slashes, nothing to decode.
 *
 * @internal
 */
export function isWellFormedIdentifier(value: unknown): value is string {
  return typeof value === 'string' && IDENTIFIER.test(value);
}

/**
 * Whether a value can be sent as a Bearer credential as it is. HTTP clients strip
 * line breaks from header values without a word, which sends another credential.
 *
 * @internal
 */
export function isBearerToken(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_TOKEN_LENGTH && BEARER_TOKEN.test(value);
}
