import { UnexpectedResponseError } from '../errors/base44.errors.js';
import type { ConnectorConnection } from '../interfaces/connector-connection.interface.js';
import { isBearerToken } from '../options/well-formed.js';

/**
 * Reads the answer of a token route.
 *
 * @throws {@link UnexpectedResponseError} when it holds no usable token
 * @internal
 */
export function parseConnection(body: unknown, connector: string): ConnectorConnection {
  const { access_token, connection_config } = parseObject(body, connector);
  return connectionOf(access_token, connection_config, connector);
}

/**
 * A connection from its two values, whoever gave them.
 *
 * @throws {@link UnexpectedResponseError} when they are no usable token and no flat configuration
 * @internal
 */
export function connectionOf(
  accessToken: unknown,
  config: unknown,
  connector: string,
): ConnectorConnection {
  if (!isBearerToken(accessToken)) {
    throw new UnexpectedResponseError({ connector }, 'it holds no token that can be sent');
  }
  return Object.freeze({ accessToken, connectionConfig: parseConfig(config, connector) });
}

/**
 * @throws {@link UnexpectedResponseError} when the body is not a JSON object
 * @internal
 */
export function parseObject(body: unknown, connector: string): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new UnexpectedResponseError({ connector }, 'it is not a JSON object');
  }
  return body as Record<string, unknown>;
}

/** Base44 documents strings; a number or a flag is taken as its text, a `null` as absent. */
function parseConfig(config: unknown, connector: string): Readonly<Record<string, string>> | null {
  if (config === undefined || config === null) return null;
  const entries = Object.entries(parseObject(config, connector)).filter(
    ([, value]) => (value ?? null) !== null,
  );
  if (entries.some(([, value]) => typeof value === 'object')) {
    throw new UnexpectedResponseError({ connector }, 'its connection_config is not flat');
  }
  return Object.freeze(Object.fromEntries(entries.map(([key, value]) => [key, String(value)])));
}
