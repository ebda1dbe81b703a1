import { AppUserConflictError } from '../errors/app-user-conflict.error.js';
import { UnexpectedResponseError } from '../errors/base44.errors.js';
import type { ErrorContext } from '../errors/error-context.interface.js';
import { parseObject } from './connection.parser.js';
import type { InitiatedConnection } from './service-role.client.js';

/** Visible ASCII characters. The limit exists because parsing a URL takes quadratic time for some hosts. */
const CONSENT_URL = /^[\x21-\x7e]{1,8192}$/;

const DIFFERENT_USER = 'different_user';

/**
 * Parses the response body of the route that initiates an app user's connection.
 *
 * @param serverUrls - the servers that may have a consent page without https
 * @throws {@link UnexpectedResponseError} when the URL is neither https nor on one of the servers, or when
 * it is missing although the user has not consented
 * @throws {@link AppUserConflictError} when another user has connected the connector
 * @internal
 */
export function parseInitiatedConnection(
  body: unknown,
  context: ErrorContext,
  serverUrls: readonly string[],
): InitiatedConnection {
  const { connector } = context;
  const { redirect_url, already_authorized, error } = parseObject(body, connector);
  if (error === DIFFERENT_USER) {
    throw new AppUserConflictError('CONNECTED_BY_ANOTHER_USER', context);
  }
  const isAlreadyAuthorized = already_authorized === true;
  if (isAlreadyAuthorized && (redirect_url === null || redirect_url === undefined)) {
    return { redirectUrl: null, isAlreadyAuthorized };
  }
  if (!isConsentUrl(redirect_url, serverUrls)) {
    throw new UnexpectedResponseError(
      { connector },
      'it contains no URL that the user can be sent to',
    );
  }
  return { redirectUrl: redirect_url, isAlreadyAuthorized };
}

function isConsentUrl(value: unknown, serverUrls: readonly string[]): value is string {
  if (typeof value !== 'string' || !CONSENT_URL.test(value) || !URL.canParse(value)) return false;
  const { protocol, origin } = new URL(value);
  const isServer = serverUrls.some((url) => new URL(url).origin === origin);
  return protocol === 'https:' || isServer;
}
