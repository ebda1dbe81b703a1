import {
  Base44RateLimitedError,
  Base44UnavailableError,
  CreditsExhaustedError,
  UnexpectedResponseError,
} from '../errors/base44.errors.js';
import {
  AppUserRequiredError,
  ConnectorMeteredError,
  ConnectorNotConnectedError,
} from '../errors/connection.errors.js';
import type { ErrorContext } from '../errors/error-context.interface.js';
import type { ConnectorsError } from '../errors/connectors.error.js';
import { ServiceRoleRejectedError } from '../errors/service-role.errors.js';
import { parseRetryAfter } from '../resilience/retry-after.parser.js';
import { isHtml, isSuccess, type UpstreamResponse } from './upstream-response.js';

const CONNECTOR_ERROR_HEADER = 'x-base44-connector-error';
const METERED = 'metered_connector_requires_proxy';

/**
 * Returns the body of a 2xx response.
 *
 * @throws the mapped error for any other status
 * @internal
 */
export function requireSuccess(response: UpstreamResponse, context: ErrorContext): unknown {
  if (isSuccess(response)) return response.body;
  throw mapResponseError(response, context);
}

/**
 * Maps a failed response. It takes only the status, known codes and `Retry-After` from the
 * response, because the server's texts can repeat credentials.
 *
 * @internal
 */
export function mapResponseError(
  response: UpstreamResponse,
  context: ErrorContext,
): ConnectorsError {
  const { status, body } = response;
  if (status === 401) return mapUnauthorized(context, status);
  if (status === 402) return new CreditsExhaustedError(context, status);
  if (status === 403) return mapForbidden(response, context);
  if (status === 404 && !isHtml(body)) return new ConnectorNotConnectedError(context, status);
  if (status === 429) {
    return new Base44RateLimitedError(context, status, getRetryAfterMs(response));
  }
  if (status === 408 || status >= 500) return mapOutage(response, context);
  const isRedirect = status >= 300 && status < 400;
  const reason = isRedirect ? 'it is a redirect, which is not followed' : `its status is ${status}`;
  return new UnexpectedResponseError(context, reason, { status });
}

/** Maps a 401. Base44 does not say which token it rejects, and a user's session is the likelier one. */
function mapUnauthorized(context: ErrorContext, status: number): ConnectorsError {
  return context.kind === 'appUserConnector'
    ? new AppUserRequiredError(context, status)
    : new ServiceRoleRejectedError(context, status);
}

function mapForbidden(
  { status, headers, body }: UpstreamResponse,
  context: ErrorContext,
): ConnectorsError {
  const connectorError = headers[CONNECTOR_ERROR_HEADER];
  if (connectorError === METERED || getCode(body) === METERED) {
    return new ConnectorMeteredError(context, status);
  }
  return connectorError === undefined
    ? new ServiceRoleRejectedError(context, status)
    : new UnexpectedResponseError(context, 'it is an unknown connector error', { status });
}

function mapOutage(response: UpstreamResponse, context: ErrorContext): ConnectorsError {
  const { status } = response;
  return new Base44UnavailableError(context, `it responded with status ${status}`, {
    status,
    retryAfterMs: getRetryAfterMs(response),
  });
}

function getCode(body: unknown): unknown {
  const { error, code } = toRecord(body);
  return toRecord(error).code ?? code;
}

function getRetryAfterMs({ headers }: UpstreamResponse): number | undefined {
  return parseRetryAfter(headers['retry-after'], Date.now());
}

function toRecord(value: unknown): Partial<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? value : {};
}
