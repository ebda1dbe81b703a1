import { httpsUrlProblem } from '../common/server-url.js';
import { isMultiUser, clientProblem } from './service-role.validator.js';
import { IDENTIFIER_RULE, isWellFormedIdentifier } from '../common/well-formed.js';

type Siblings = Readonly<Record<string, unknown>>;

const NEEDS_BASE44_HEADERS = 'has no use without base44Headers: true';

/**
 * @returns a clause that completes "request …", or `undefined`
 * @internal
 */
export function requestProblem(request: unknown, { client }: Siblings): string | undefined {
  // What is wrong with the client itself is said of the client.
  const isUsable = client !== undefined && client !== null && clientProblem(client) === undefined;
  return isUsable && !isMultiUser(client) && request !== undefined
    ? 'has no use beside client, which acts for whoever it was made for; give serviceToken in place of client'
    : undefined;
}

/**
 * @returns a clause that completes "trustedServerUrls …", or `undefined`
 * @internal
 */
export function trustedServerUrlsProblem(
  urls: unknown,
  { base44Headers }: Siblings,
): string | undefined {
  if (base44Headers !== true) return NEEDS_BASE44_HEADERS;
  if (!Array.isArray(urls)) return 'must be a list of URLs such as https://base44.app';
  const problem = urls.map((url) => httpsUrlProblem(url)).find(Boolean);
  return problem && `must hold URLs each of which ${problem}`;
}

/**
 * @returns a clause that completes "trustedAppIds …", or `undefined`
 * @internal
 */
export function trustedAppIdsProblem(
  ids: unknown,
  { base44Headers }: Siblings,
): string | undefined {
  if (base44Headers !== true) return NEEDS_BASE44_HEADERS;
  return Array.isArray(ids) && ids.every(isWellFormedIdentifier)
    ? undefined
    : `must be a list of app ids: each ${IDENTIFIER_RULE}`;
}

/**
 * @returns a clause that completes "appUserToken …", or `undefined`
 * @internal
 */
export function appUserTokenProblem(
  reader: unknown,
  { base44Headers }: Siblings,
): string | undefined {
  if (reader === undefined || reader === null) {
    return base44Headers === true
      ? undefined
      : 'is required without base44Headers: true: a function that finds the token of the signed-in user';
  }
  return typeof reader === 'function'
    ? undefined
    : 'must be a function that gets the request and returns the token of the signed-in user';
}
