/** Longer bodies do not reject a token, so they are not read. */
export const MAX_REJECTION_BYTES = 4096;

/** Challenges of RFC 6750, RFC 9470 and Microsoft that another token of the same grant does not meet. */
const OTHER_CHALLENGE = /error="?insufficient_|claims=/i;

/** The words of bodies that miss a scope or a permission. */
const OTHER_REASON = /scope|claims|permission|privilege/i;
const TOKEN_REASON = /invalid_token|expired/i;

/**
 * Returns whether a provider with status 401 gives a reason that reconnecting does not remedy, such as
 * a missing scope.
 *
 * @param challenge - the `WWW-Authenticate` header
 * @param text - the body, if it is small
 * @internal
 */
export function hasOtherReason(challenge: unknown, text: string | undefined): boolean {
  if (OTHER_CHALLENGE.test(String(challenge))) return true;
  return text !== undefined && OTHER_REASON.test(text) && !TOKEN_REASON.test(text);
}
