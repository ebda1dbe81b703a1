import type { ConnectionRequest } from '../connections/connection-request.js';
import type { ConnectionResolver } from '../connections/connection.resolver.js';
import { ConnectorReauthorizationRequiredError } from '../errors/connection.errors.js';
import type { ScopeRejection, TokenRejection } from '../connectors.catalogue.js';
import type { ConnectorConnection } from '../interfaces/connector-connection.interface.js';
import type { RetryBudget } from '../resilience/retry.js';
import { isIdempotent, isReplayable } from './replayable.js';
import { getRetryAfterMs, isUnexecuted, type LimitedResponse } from './rate-limit.js';
import { hasErrorCode, parseJson } from './json-body.js';
import { parseScopeChallenge } from './missing-scopes.js';
import { findScopeError } from './scope-error.js';
import { hasOtherReason } from './token-rejection.js';
import type { ThrottlingRetryPolicy } from './throttling-retry.policy.js';

/**
 * A response of a provider, and facts about its request.
 *
 * @internal
 */
export interface ProviderResponse {
  readonly response: LimitedResponse;
  /** Whether the request carried the token. */
  readonly isAuthorized: boolean;
  /** Whether the request was redirected. */
  readonly isRedirected: boolean;
}

/**
 * A request to a provider, independent of the transport.
 *
 * @internal
 */
export interface AuthorizedRequest<Response extends ProviderResponse> {
  readonly connectionRequest: ConnectionRequest;
  readonly method: string;
  readonly body: unknown;
  readonly signal: AbortSignal;
  /** The budget of the retries. Without one, the caller receives the provider's rate limits. */
  readonly retryBudget: RetryBudget | undefined;
  readonly send: (connection: ConnectorConnection) => Promise<Response>;
  /** Releases a response that the caller does not receive. */
  readonly discard: (response: Response) => void;
  /** How the provider rejects a token with another status than 401. */
  readonly tokenRejection: TokenRejection | undefined;
  /** How the provider says that the token lacks a scope. */
  readonly scopeRejection: ScopeRejection | undefined;
  /** Returns the names of the handlers and classes that require the connector. */
  readonly findDependents: () => readonly string[];
  /** Receives the news that the provider accepts the token. */
  readonly onAccepted: () => void;
  /** Returns the text of a small body, which the caller still receives unread. */
  readonly readText: (response: Response) => Promise<string | undefined>;
}

/**
 * Sends a request with the token of its connection. When the provider rejects the token, evicts it, and
 * sends the request once more with a new token, if the request can be replayed.
 *
 * @returns the provider's response, even if it rejects the new token for a reason that reconnecting
 * does not remedy
 * @throws {@link ConnectorReauthorizationRequiredError} when the provider rejects the new token too,
 * or Base44 has no other token
 * @throws `ConnectorScopeMissingError` when the provider says that the token lacks a scope
 * @throws the errors of `ConnectorsService.getAccessToken`
 * @internal
 */
export async function sendAuthorized<Response extends ProviderResponse>(
  resolver: ConnectionResolver,
  throttling: ThrottlingRetryPolicy,
  request: AuthorizedRequest<Response>,
): Promise<Response> {
  const { connectionRequest, signal } = request;
  const connection = await resolver.resolve(connectionRequest, { signal });
  const response = await sendThrottled(throttling, request, connection);
  if (!(await isRejected(request, response, connection))) return accept(request, response);
  if (!canRetry(request, response)) {
    resolver.evictRejected(connectionRequest, connection.accessToken);
    return response;
  }
  const renewal = resolver.renew(connectionRequest, connection, signal);
  const renewed = await discardOnError(request, response, renewal);
  if (renewed.accessToken === connection.accessToken) {
    resolver.suppressRenewal(connectionRequest, renewed.accessToken);
    return requireOtherReason(request, response);
  }
  request.discard(response);
  signal.throwIfAborted();
  const second = await sendThrottled(throttling, request, renewed);
  if (!(await isRejected(request, second, renewed))) return accept(request, second);
  resolver.suppressRenewal(connectionRequest, renewed.accessToken);
  return requireOtherReason(request, second);
}

/** Returns a response that does not reject the token. */
function accept<Response extends ProviderResponse>(
  { onAccepted }: Pick<AuthorizedRequest<Response>, 'onAccepted'>,
  accepted: Response,
): Response {
  const { response, isAuthorized } = accepted;
  // An outage, a rate limit and a page for signing in say nothing about the token.
  if (isAuthorized && response.status < 300) onAccepted();
  return accepted;
}

/**
 * Returns a response that rejects the token for a reason that reconnecting does not remedy.
 *
 * @throws {@link ConnectorReauthorizationRequiredError} when the response rejects the token itself
 */
async function requireOtherReason<Response extends ProviderResponse>(
  { connectionRequest, discard, readText }: AuthorizedRequest<Response>,
  rejection: Response,
): Promise<Response> {
  const { status, headers } = rejection.response;
  const challenge = headers.get('www-authenticate');
  if (status === 401 && hasOtherReason(challenge, await readText(rejection))) return rejection;
  discard(rejection);
  throw new ConnectorReauthorizationRequiredError(connectionRequest.errorContext, status);
}

async function discardOnError<Response extends ProviderResponse, T>(
  { discard }: AuthorizedRequest<Response>,
  response: Response,
  promise: Promise<T>,
): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    discard(response);
    throw error;
  }
}

function sendThrottled<Response extends ProviderResponse>(
  throttling: ThrottlingRetryPolicy,
  request: AuthorizedRequest<Response>,
  connection: ConnectorConnection,
): Promise<Response> {
  const { connectionRequest, body, signal, retryBudget: budget, send, discard } = request;
  if (budget === undefined || !isReplayable(body)) return send(connection);
  return throttling.send({
    connector: connectionRequest.connector.id,
    budget,
    signal,
    send: () => send(connection),
    getRetryAfterMs: (response) =>
      canRetryLimited(request, response)
        ? getRetryAfterMs(response.response, Date.now())
        : undefined,
    discard,
  });
}

/** Returns whether a limited request was not executed, or may be executed twice. */
function canRetryLimited(
  { method }: Pick<AuthorizedRequest<ProviderResponse>, 'method'>,
  { response, isRedirected }: ProviderResponse,
): boolean {
  return isIdempotent(method) || (isUnexecuted(response) && !isRedirected);
}

/**
 * Returns whether a response rejects the token.
 *
 * @throws `ConnectorScopeMissingError` when the token lacks a scope, because another token of the same
 * grant lacks it too
 */
async function isRejected<Response extends ProviderResponse>(
  request: AuthorizedRequest<Response>,
  rejection: Response,
  { accessToken }: ConnectorConnection,
): Promise<boolean> {
  const { response, isAuthorized } = rejection;
  if (!isAuthorized) return false;
  const text = needsBody(request, response) ? await request.readText(rejection) : undefined;
  const error = findScopeError(request, response, text, accessToken);
  if (error !== undefined) {
    request.discard(rejection);
    throw error;
  }
  if (response.status === 401) return true;
  const { tokenRejection } = request;
  return tokenRejection !== undefined && hasErrorCode(parseJson(text), tokenRejection);
}

/** Returns whether the body of a response may reject the token, or belongs to the error of a missing scope. */
function needsBody(
  {
    tokenRejection,
    scopeRejection,
  }: Pick<AuthorizedRequest<ProviderResponse>, 'tokenRejection' | 'scopeRejection'>,
  response: LimitedResponse,
): boolean {
  const isDescribed = tokenRejection !== undefined || response.status === scopeRejection?.status;
  return (isDescribed && mayBeJson(response)) || parseScopeChallenge(response) !== undefined;
}

function mayBeJson({ headers }: LimitedResponse): boolean {
  const type = headers.get('content-type');
  return typeof type !== 'string' || /json/i.test(type);
}

/** Returns whether a request can be sent again. A redirected request may have been executed. */
function canRetry(
  { method, body }: Pick<AuthorizedRequest<ProviderResponse>, 'method' | 'body'>,
  { isRedirected }: ProviderResponse,
): boolean {
  return isReplayable(body) && (!isRedirected || isIdempotent(method));
}
