import { UnexpectedResponseError } from '../errors/base44.errors.js';
import type { FetchedConnection } from '../interfaces/connector-connection.interface.js';
import { isBearerToken } from '../common/well-formed.js';

/**
 * Reads the answer of a token route.
 *
 * @throws {@link UnexpectedResponseError} when it holds no usable token
 * @internal
 */
export function parseConnection(body: unknown, connector: string): FetchedConnection {
  const answer = parseObject(body, connector);
  const connection = toConnection(answer.access_token, answer.connection_config, connector);
  return { ...connection, expiresAtMs: parseExpiry(answer) };
}

/**
 * A connection from its two values, whoever gave them.
 *
 * @throws {@link UnexpectedResponseError} when they are no usable token and no flat configuration
 * @internal
 */
export function toConnection(
  accessToken: unknown,
  config: unknown,
  connector: string,
): FetchedConnection {
  if (!isBearerToken(accessToken)) {
    throw new UnexpectedResponseError({ connector }, 'it holds no token that can be sent');
  }
  return { accessToken, connectionConfig: parseConfig(config, connector) };
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
  return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]));
}

/** Base44 names no expiry today. Should it, then as OAuth does: seconds from now, or a point in time. */
function parseExpiry({ expires_in, expires_at }: Record<string, unknown>): number | undefined {
  if (isSeconds(expires_in)) return Date.now() + expires_in * 1000;
  if (isSeconds(expires_at)) return expires_at * 1000;
  const expiresAtMs = typeof expires_at === 'string' ? Date.parse(expires_at) : Number.NaN;
  return Number.isNaN(expiresAtMs) ? undefined : expiresAtMs;
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
