import { describeTrustedServerUrlProblem } from '../common/server-url.js';
import { IDENTIFIER_RULE, isWellFormedIdentifier } from '../common/well-formed.js';
import { describeClientProblem, isMultiUser } from './service-role.validator.js';
import { isPresent, type SiblingOptions } from './sibling-options.js';

const NEEDS_BASE44_HEADERS = 'has no effect without base44Headers: true';

/**
 * Returns a clause that completes "request …", or `undefined` for a valid option.
 *
 * @internal
 */
export function describeRequestProblem(_: unknown, { client }: SiblingOptions): string | undefined {
  // An invalid client is reported by its own rule.
  const isValid = isPresent(client) && describeClientProblem(client) === undefined;
  return isValid && !isMultiUser(client)
    ? 'cannot be combined with client, because a client acts for the user it was created for; configure serviceToken instead of client'
    : undefined;
}

/**
 * Returns a clause that completes "trustedServerUrls …", or `undefined` for a valid option.
 *
 * @internal
 */
export function describeTrustedServerUrlsProblem(
  urls: unknown,
  { base44Headers }: SiblingOptions,
): string | undefined {
  if (base44Headers !== true) return NEEDS_BASE44_HEADERS;
  const problem = (urls as unknown[]).map(describeTrustedServerUrlProblem).find(Boolean);
  return problem && `must be a list of URLs: each ${problem}`;
}

/**
 * Returns a clause that completes "trustedAppIds …", or `undefined` for a valid option.
 *
 * @internal
 */
export function describeTrustedAppIdsProblem(
  ids: unknown,
  { base44Headers }: SiblingOptions,
): string | undefined {
  if (base44Headers !== true) return NEEDS_BASE44_HEADERS;
  return Array.isArray(ids) && ids.every(isWellFormedIdentifier)
    ? undefined
    : `must be a list of app ids: each ${IDENTIFIER_RULE}`;
}

/**
 * Returns a clause that completes "appUserToken …", or `undefined` for a valid option.
 *
 * @internal
 */
export function describeAppUserTokenProblem(
  reader: unknown,
  { base44Headers, base44Cookie }: SiblingOptions,
): string | undefined {
  if (isPresent(reader)) {
    if (base44Cookie === true)
      return 'cannot be combined with base44Cookie: configure one of the two';
    return typeof reader === 'function'
      ? undefined
      : 'must be a function that takes the request and returns the token of the signed-in user';
  }
  return base44Headers === true || base44Cookie === true
    ? undefined
    : 'is required without base44Headers: true or base44Cookie: true: a function that returns the token of the signed-in user';
}
