import { Base44UnavailableError, UnexpectedResponseError } from '../errors/base44.errors.js';
import type { ErrorContext } from '../errors/error-context.interface.js';
import type { ConnectorsError } from '../errors/connectors.error.js';

/** The codes of Node.js, its parsers and OpenSSL. Any other code can be a text of the server. */
const ERROR_CODE =
  /^(E[A-Z0-9]{2,15}|(CERT|CRL|DEPTH_ZERO|EAI|ERR|HPE|SELF_SIGNED|UNABLE_TO|UND_ERR|Z)_[A-Z0-9_]{2,48})$/;
const TLS_CODE = /CERT|SSL|TLS|^EPROTO$|^UNABLE_TO_/;
const UNREADABLE_RESPONSE_CODE = /^(HPE_|Z_|ERR_BAD_RESPONSE$|ERR_FR_TOO_MANY_REDIRECTS$)/;
const NOT_SENT_CODES = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
const UNKNOWN_HOST_CODES = new Set(['ENOTFOUND', 'EAI_AGAIN']);

/** The message of an aborted body. Axios uses the same code for an unreadable response. */
const ABORTED_BODY_MESSAGE = 'stream has been aborted';

/**
 * Maps the failure of a request without a complete response. It reads only the failure's
 * code and the host that was not found, because its other fields contain credentials.
 *
 * @param url - the URL of the request; absent if the application's own client sent it
 * @internal
 */
export function mapNetworkError(
  failure: unknown,
  context: Pick<ErrorContext, 'connector' | 'address'>,
  url?: string,
): ConnectorsError {
  const { message, code = '', cause } = parseFailure(failure);
  if (message === ABORTED_BODY_MESSAGE) {
    return new Base44UnavailableError(context, 'the connection ended within the response body');
  }
  if (UNREADABLE_RESPONSE_CODE.test(code)) {
    const reason = `it is not a readable HTTP response, or it exceeds the size limit (${code})`;
    return new UnexpectedResponseError(context, reason);
  }
  if (TLS_CODE.test(code)) {
    const reason = `the TLS connection is not trusted (${code})`;
    return new Base44UnavailableError(context, reason, { retryable: false, isSent: false });
  }
  if (UNKNOWN_HOST_CODES.has(code) && url !== undefined) {
    const isProxy = !isHostOf(url, cause);
    return createUnknownHostError(context, isProxy ? undefined : new URL(url).host, code);
  }
  const reason = `no connection to ${context.address ?? 'serverUrl'} (${code || 'unknown fault'})`;
  return new Base44UnavailableError(context, reason, { isSent: !NOT_SENT_CODES.has(code) });
}

/** @param host - the host of the URL; absent if the host of the proxy was not found */
function createUnknownHostError(
  context: Pick<ErrorContext, 'connector' | 'address'>,
  host: string | undefined,
  code: string,
): Base44UnavailableError {
  const option = context.address ?? 'serverUrl';
  const [subject, remedy] =
    host === undefined
      ? ['the host of the proxy', 'Check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY.']
      : [`the host '${host}' of ${option}`, `Check ${option}, and the DNS of this machine.`];
  const reason = `${subject} was not found (${code})`;
  return new Base44UnavailableError(context, reason, { isSent: false, remedy });
}

/** Returns whether an error of name resolution concerns the host of a URL, and not the host of a proxy. */
function isHostOf(url: string, error: unknown): boolean {
  const { hostname } = Object(error) as { hostname?: unknown };
  return hostname === undefined || hostname === new URL(url).hostname;
}

function parseFailure(failure: unknown): {
  message?: unknown;
  code?: string | undefined;
  cause?: unknown;
} {
  const { message, code, cause } = Object(failure) as Record<string, unknown>;
  return {
    message,
    cause,
    code: typeof code === 'string' && ERROR_CODE.test(code) ? code : undefined,
  };
}
