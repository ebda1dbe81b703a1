import { UnexpectedResponseError } from '../errors/base44.errors.js';
import { parseObject } from './connection.parser.js';
import type { InitiatedConnection } from './service-role.client.js';

/**
 * Reads the answer of the route that begins to connect an app user.
 *
 * @throws {@link UnexpectedResponseError} when it names no https page, nor one of the server itself
 * @internal
 */
export function parseInitiatedConnection(
  body: unknown,
  connector: string,
  serverUrl: string,
): InitiatedConnection {
  const { redirect_url, already_authorized } = parseObject(body, connector);
  if (!isPage(redirect_url, serverUrl)) {
    throw new UnexpectedResponseError({ connector }, 'it names no page to send the user to');
  }
  return { redirectUrl: redirect_url, isAlreadyAuthorized: already_authorized === true };
}

function isPage(value: unknown, serverUrl: string): value is string {
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value) || !URL.canParse(value)) {
    return false;
  }
  const { protocol, origin } = new URL(value);
  return protocol === 'https:' || (protocol === 'http:' && origin === new URL(serverUrl).origin);
}
