import { UnexpectedResponseError } from '../errors/base44.errors.js';
import type { FetchedConnection } from '../interfaces/connector-connection.interface.js';
import { isBearerToken } from '../common/well-formed.js';

/** Longer than the dates of RFC 3339 and HTTP. */
const MAX_DATE_LENGTH = 64;

/**
 * Parses the response body of a token route.
 *
 * @throws {@link UnexpectedResponseError} when it contains no usable token
 * @internal
 */
export function parseConnection(body: unknown, connector: string): FetchedConnection {
  const response = parseObject(body, connector);
  const connection = toConnection(response.access_token, response.connection_config, connector);
  return { ...connection, expiresAtMs: parseExpiry(response) };
}

/**
 * Creates a connection from an access token and a configuration.
 *
 * @throws {@link UnexpectedResponseError} when the token cannot be sent or the configuration is not flat
 * @internal
 */
export function toConnection(
  accessToken: unknown,
  config: unknown,
  connector: string,
): FetchedConnection {
  if (!isBearerToken(accessToken)) {
    throw new UnexpectedResponseError({ connector }, 'it contains no token that can be sent');
  }
  return { accessToken, connectionConfig: parseConfig(config, connector) };
}

/**
 * Returns the body as a record.
 *
 * @throws {@link UnexpectedResponseError} when the body is not a JSON object
 * @internal
 */
export function parseObject(body: unknown, connector: string): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new UnexpectedResponseError({ connector }, 'it is not a JSON object');
  }
  return body as Record<string, unknown>;
}

/** Parses string values. Numbers and booleans become strings, and `null` values are dropped. */
function parseConfig(config: unknown, connector: string): Readonly<Record<string, string>> | null {
  if (config === undefined || config === null) return null;
  const entries = Object.entries(parseObject(config, connector)).filter(
    ([, value]) => (value ?? null) !== null,
  );
  if (entries.some(([, value]) => typeof value === 'object')) {
    throw new UnexpectedResponseError({ connector }, 'its connection_config is not flat');
  }
  return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]));
}

/** Parses the two forms of OAuth: seconds from now, or a point in time. Base44 sends no expiry today. */
function parseExpiry({ expires_in, expires_at }: Record<string, unknown>): number | undefined {
  if (isSeconds(expires_in)) return Date.now() + expires_in * 1000;
  if (isSeconds(expires_at)) return expires_at * 1000;
  const expiresAtMs = isShortText(expires_at) ? Date.parse(expires_at) : Number.NaN;
  return Number.isNaN(expiresAtMs) ? undefined : expiresAtMs;
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_DATE_LENGTH;
}

function isSeconds(value: unknown): value is number {
  return Number.isFinite(value);
}
