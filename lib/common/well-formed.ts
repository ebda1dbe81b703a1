/** The characters that the Base44 CLI accepts in the type of a connector. */
const IDENTIFIER = /^[a-z0-9_-]{1,128}$/i;
const BEARER_TOKEN = /^[\x21-\x7e]+$/;

/** Longer than the headers that common servers accept. */
const MAX_TOKEN_LENGTH = 65_536;

/**
 * The form of an identifier, as error messages word it.
 *
 * @internal
 */
export const IDENTIFIER_RULE = "1 to 128 letters, digits, '_' or '-'";

/**
 * Returns whether a value is safe as one segment of a URL path: no dots, no slashes, nothing to decode.
 *
 * @internal
 */
export function isWellFormedIdentifier(value: unknown): value is string {
  return typeof value === 'string' && IDENTIFIER.test(value);
}

/**
 * Returns whether a value is sent unchanged as a Bearer credential. HTTP clients silently strip line
 * breaks from header values, which would send a different credential.
 *
 * @internal
 */
export function isBearerToken(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_TOKEN_LENGTH && BEARER_TOKEN.test(value);
}
