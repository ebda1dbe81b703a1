import type { ScopeRejection } from '../connectors.catalogue.js';
import { getValues, hasErrorCode, parseJson } from './json-body.js';
import type { LimitedResponse } from './rate-limit.js';
import { parseScopes } from './scopes.parser.js';

/** The challenge of RFC 6750, section 3.1, and the scopes in it. */
const CHALLENGE = /error="?insufficient_scope/i;
const CHALLENGE_SCOPE = /\bscope="([^"]*)"/i;
const CHALLENGE_STATUSES = [401, 403];

/** Longer challenges state nothing. */
const MAX_CHALLENGE_LENGTH = 4096;

/**
 * The scopes of a call that a provider rejects because its token lacks one.
 *
 * @internal
 */
export interface MissingScopes {
  /** The scopes that the provider names, without the granted ones. */
  readonly missing: readonly string[];
  /** The scopes of the token. Absent if the provider does not report them. */
  readonly granted?: readonly string[] | undefined;
}

/**
 * Returns the missing scopes if a response says that the token lacks one: as RFC 6750 says, or as the
 * catalogue says of the provider.
 *
 * @param text - the body, if it is small
 * @internal
 */
export function findMissingScopes(
  rejection: ScopeRejection | undefined,
  response: LimitedResponse,
  text: string | undefined,
): MissingScopes | undefined {
  const described = rejection?.status === response.status ? rejection : undefined;
  const named = described && parseNeeded(described, response, text);
  const challenged = parseScopeChallenge(response);
  // A body often has the reason only, and the challenge beside it has the scopes.
  const needed = named?.length ? named : (challenged ?? named);
  const granted = parseGranted(described, response, text);
  return needed && withoutGranted(needed, granted, described);
}

/**
 * Returns the scopes in the challenge `insufficient_scope`, or `undefined` without that challenge.
 *
 * @internal
 */
export function parseScopeChallenge({
  status,
  headers,
}: LimitedResponse): readonly string[] | undefined {
  const challenge = headers.get('www-authenticate');
  if (typeof challenge !== 'string' || challenge.length > MAX_CHALLENGE_LENGTH) return undefined;
  if (!CHALLENGE_STATUSES.includes(status) || !CHALLENGE.test(challenge)) return undefined;
  return parseScopes(CHALLENGE_SCOPE.exec(challenge)?.[1]);
}

/** Returns the scopes that the call needs, or `undefined` if the response states another reason. */
function parseNeeded(
  rejection: ScopeRejection,
  { headers }: LimitedResponse,
  text: string | undefined,
): readonly string[] | undefined {
  const { errors, neededPaths, acceptedHeader } = rejection;
  const accepted = parseHeader(headers, acceptedHeader);
  if (errors === undefined) return isAccepted(rejection, headers, accepted) ? undefined : accepted;
  const body = parseJson(text);
  if (!errors.some((codes) => hasErrorCode(body, codes))) return undefined;
  const needed = parseScopes(readPaths(body, neededPaths));
  return needed.length > 0 ? needed : accepted;
}

/** Returns whether the headers permit the call. One accepted scope suffices. An absent header decides nothing. */
function isAccepted(
  { grantedHeader, includes }: ScopeRejection,
  headers: LimitedResponse['headers'],
  accepted: readonly string[],
): boolean {
  const granted = parseHeader(headers, grantedHeader);
  if (accepted.length === 0 || granted.length === 0) return true;
  const all = withIncluded(granted, includes);
  return accepted.some((scope) => all.has(scope));
}

function parseGranted(
  rejection: ScopeRejection | undefined,
  { headers }: LimitedResponse,
  text: string | undefined,
): readonly string[] | undefined {
  const { grantedPaths, grantedHeader } = rejection ?? {};
  const granted = parseScopes([
    ...readPaths(parseJson(text), grantedPaths),
    ...parseHeader(headers, grantedHeader),
  ]);
  return granted.length > 0 ? granted : undefined;
}

function readPaths(body: unknown, paths: readonly string[] = []): unknown[] {
  return paths.flatMap((path) => getValues(body, path));
}

function parseHeader(headers: LimitedResponse['headers'], name?: string): readonly string[] {
  return name === undefined ? [] : parseScopes(headers.get(name));
}

function withoutGranted(
  needed: readonly string[],
  granted: readonly string[] | undefined,
  rejection: ScopeRejection | undefined,
): MissingScopes {
  const all = withIncluded(granted ?? [], rejection?.includes);
  const missing = needed.filter((scope) => !all.has(scope));
  // The provider rejected the call, so it knows better than the comparison.
  return { missing: missing.length > 0 ? missing : needed, granted };
}

/** Returns scopes together with the scopes that they include, directly or not. */
function withIncluded(
  scopes: readonly string[],
  includes: ScopeRejection['includes'] = {},
): ReadonlySet<string> {
  const included = new Map(Object.entries(includes));
  const all = new Set(scopes);
  // A set also visits the items that the loop adds.
  for (const scope of all) for (const one of included.get(scope) ?? []) all.add(one);
  return all;
}
