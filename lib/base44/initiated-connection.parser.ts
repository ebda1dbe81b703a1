import { UnexpectedResponseError } from '../errors/base44.errors.js';
import { parseObject } from './connection.parser.js';
import type { InitiatedConnection } from './service-role.client.js';

/** Visible ASCII characters. The limit exists because parsing a URL takes quadratic time for some hosts. */
const CONSENT_URL = /^[\x21-\x7e]{1,8192}$/;

/**
 * Parses the response body of the route that initiates an app user's connection.
 *
 * @throws {@link UnexpectedResponseError} when its URL is neither https nor on the server itself
 * @internal
 */
export function parseInitiatedConnection(
  body: unknown,
  connector: string,
  serverUrl: string,
): InitiatedConnection {
  const { redirect_url, already_authorized } = parseObject(body, connector);
  if (!isConsentUrl(redirect_url, serverUrl)) {
    throw new UnexpectedResponseError(
      { connector },
      'it contains no URL that the user can be sent to',
    );
  }
  return { redirectUrl: redirect_url, isAlreadyAuthorized: already_authorized === true };
}

function isConsentUrl(value: unknown, serverUrl: string): value is string {
  if (typeof value !== 'string' || !CONSENT_URL.test(value) || !URL.canParse(value)) return false;
  const { protocol, origin } = new URL(value);
  return protocol === 'https:' || (protocol === 'http:' && origin === new URL(serverUrl).origin);
}
