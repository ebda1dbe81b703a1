import type { TokenRejection } from '../connectors.catalogue.js';

/** Longer bodies do not reject a token, so they are not read. */
export const MAX_REJECTION_BYTES = 4096;

/** Challenges of RFC 6750, RFC 9470 and Microsoft that another token of the same grant does not meet. */
const OTHER_CHALLENGE = /error="?insufficient_|claims=/i;

/** The words of bodies that miss a scope or a permission. */
const OTHER_REASON = /scope|claims|permission|privilege/i;
const TOKEN_REASON = /invalid_token|expired/i;

/**
 * Returns whether a body rejects the token, as the catalogue says.
 *
 * @internal
 */
export function rejectsToken({ path, codes, successField }: TokenRejection, text: string): boolean {
  const body = parseJson(text);
  if (successField !== undefined && getField(body, successField) === true) return false;
  const code = path.split('.').reduce(getField, body);
  return codes.includes(code as string | number);
}

/**
 * Returns whether a provider with status 401 gives a reason that reconnecting does not remedy, such as
 * a missing scope.
 *
 * @param challenge - the `WWW-Authenticate` header
 * @param text - the body, if it is small
 * @internal
 */
export function hasOtherReason(challenge: unknown, text: string | undefined): boolean {
  if (typeof challenge === 'string' && OTHER_CHALLENGE.test(challenge)) return true;
  return text !== undefined && OTHER_REASON.test(text) && !TOKEN_REASON.test(text);
}

function getField(value: unknown, name: string): unknown {
  const isObject = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
  return isObject ? (value as Record<string, unknown>)[name] : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
