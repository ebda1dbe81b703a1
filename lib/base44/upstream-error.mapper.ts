import {
  Base44RateLimitedError,
  Base44UnavailableError,
  CreditsExhaustedError,
  UnexpectedResponseError,
} from '../errors/base44.errors.js';
import type { ErrorContext } from '../errors/error-context.interface.js';
import {
  AppUserRequiredError,
  ConnectorMeteredError,
  ConnectorNotConnectedError,
} from '../errors/connection.errors.js';
import type { ConnectorsError } from '../errors/connectors.error.js';
import { parseRetryAfter } from '../resilience/retry-after.parser.js';
import { ServiceRoleRejectedError } from '../errors/service-role.errors.js';

/**
 * An answer of Base44, as it came.
 *
 * @internal
 */
export interface UpstreamResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, unknown>>;
  /** The parsed body, or its text where it is not JSON. */
  readonly body: unknown;
}

const CONNECTOR_ERROR_HEADER = 'x-base44-connector-error';
const METERED = 'metered_connector_requires_proxy';

const TLS_FAULT = /CERT|SSL|TLS|^EPROTO$|^UNABLE_TO_/;
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
const UNREADABLE_ANSWER = /^(HPE_|Z_|ERR_BAD_RESPONSE$|ERR_FR_TOO_MANY_REDIRECTS$)/;
/** What axios says of a connection that ends within the body, under the code of an unreadable answer. */
const CUT_OFF = 'stream has been aborted';
const FAULT_CODE = /^[A-Z][A-Z0-9_]{2,63}$/;

/**
 * Says what an answer without a usable result means. Together with
 * `mapRequestError` it is the only place that reads failed answers, and it takes
 * nothing from them but a status, known codes and `Retry-After`.
 *
 * @internal
 */
export function mapResponseError(answer: UpstreamResponse, subject: ErrorContext): ConnectorsError {
  const { status } = answer;
  if (status === 401) return errorFromUnauthorized(subject, status);
  if (status === 402) return new CreditsExhaustedError(subject, status);
  if (status === 403) return errorFromRefusal(answer, subject);
  if (status === 404 && !isHtml(answer)) return new ConnectorNotConnectedError(subject, status);
  if (status === 429) return new Base44RateLimitedError(subject, status, retryAfterMs(answer));
  if (status === 408 || status >= 500) {
    return new Base44UnavailableError(subject, `it answered with status ${status}`, {
      status,
      retryAfterMs: retryAfterMs(answer),
    });
  }
  const reason =
    status >= 300 && status < 400 ? 'a redirect, which is not followed' : `status ${status}`;
  return new UnexpectedResponseError(subject, reason, { status });
}

/**
 * Says what it means that there was no complete answer, from the code of the
 * underlying error alone.
 *
 * @internal
 */
export function mapRequestError(
  failure: unknown,
  subject: Pick<ErrorContext, 'connector' | 'address'>,
): ConnectorsError {
  const code = faultCode(failure);
  if (asRecord(failure).message === CUT_OFF) {
    return new Base44UnavailableError(subject, 'the connection ended within the answer');
  }
  if (code !== undefined && UNREADABLE_ANSWER.test(code)) {
    const reason = `it is no readable HTTP answer, or over the size limit (${code})`;
    return new UnexpectedResponseError(subject, reason);
  }
  if (code !== undefined && TLS_FAULT.test(code)) {
    return new Base44UnavailableError(subject, `no trusted TLS connection (${code})`, {
      retryable: false,
      isSent: false,
    });
  }
  return new Base44UnavailableError(
    subject,
    `no connection to ${subject.address ?? 'serverUrl'} (${code ?? 'unknown fault'})`,
    {
      isSent: code === undefined || !NEVER_CONNECTED.has(code),
    },
  );
}

/** Base44 does not say whose token it refuses; a user's session ends more often than a service token. */
function errorFromUnauthorized(subject: ErrorContext, status: number): ConnectorsError {
  return subject.isOfAppUser === true
    ? new AppUserRequiredError(subject, status)
    : new ServiceRoleRejectedError(subject, status);
}

function errorFromRefusal(answer: UpstreamResponse, subject: ErrorContext): ConnectorsError {
  const connectorError = answer.headers[CONNECTOR_ERROR_HEADER];
  if (connectorError === METERED || codeInBody(answer.body) === METERED) {
    return new ConnectorMeteredError(subject, answer.status);
  }
  return connectorError === undefined
    ? new ServiceRoleRejectedError(subject, answer.status)
    : new UnexpectedResponseError(subject, 'an unknown connector error', {
        status: answer.status,
      });
}

function codeInBody(body: unknown): unknown {
  const { error, code } = asRecord(body);
  return asRecord(error).code ?? code;
}

function isHtml({ body }: UpstreamResponse): boolean {
  return typeof body === 'string' && body.trimStart().startsWith('<');
}

function retryAfterMs({ headers }: UpstreamResponse): number | undefined {
  return parseRetryAfter(headers['retry-after'], Date.now());
}

function faultCode(failure: unknown): string | undefined {
  const { code } = asRecord(failure);
  return typeof code === 'string' && FAULT_CODE.test(code) ? code : undefined;
}

function asRecord(value: unknown): Partial<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? value : {};
}
