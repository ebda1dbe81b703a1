import type { ScopeRejection } from '../connectors.catalogue.js';
import type { ConnectionRequest } from '../connections/connection-request.js';
import { ConnectorScopeMissingError } from '../errors/connector-scope-missing.error.js';
import { findMissingScopes } from './missing-scopes.js';
import { getRetryAfterMs, type LimitedResponse } from './rate-limit.js';
import { withoutToken } from './scopes.parser.js';

/** The facts about a call that its error contains. */
interface ScopedCall {
  readonly connectionRequest: ConnectionRequest;
  readonly scopeRejection: ScopeRejection | undefined;
  readonly findDependents: () => readonly string[];
}

/**
 * Returns the error of a call that the provider rejects because its token lacks a scope, or `undefined`
 * for another response. A rate limit has the same status, so it is ruled out.
 *
 * @param text - the body, if it is small
 * @internal
 */
export function findScopeError(
  { connectionRequest, scopeRejection, findDependents }: ScopedCall,
  response: LimitedResponse,
  text: string | undefined,
  accessToken: string,
): ConnectorScopeMissingError | undefined {
  const scopes = findMissingScopes(scopeRejection, response, text);
  if (scopes === undefined || getRetryAfterMs(response, Date.now()) !== undefined) return undefined;
  const { missing, granted } = scopes;
  return new ConnectorScopeMissingError(connectionRequest.errorContext, {
    missingScopes: withoutToken(missing, accessToken),
    grantedScopes: granted && withoutToken(granted, accessToken),
    requiredBy: findDependents(),
    providerResponse: copyResponse(response, text),
  });
}

/** Copies the parts of a response that the error keeps. The other headers may hold credentials. */
function copyResponse({ status, headers }: LimitedResponse, text: string | undefined): Response {
  const type = headers.get('content-type');
  const init = typeof type === 'string' ? { headers: { 'Content-Type': type } } : {};
  // Bytes, because `Response` adds a content type to text.
  return new Response(Buffer.from(text ?? ''), { status, ...init });
}
