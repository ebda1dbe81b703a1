import type { FetchedConnection } from '../interfaces/connector-connection.interface.js';

/**
 * Returns the expiry of a token, in milliseconds since 1970: as Base44 reports it, otherwise from
 * the token itself if it is a JWT (RFC 7519, section 4.1.4).
 *
 * @internal
 */
export function getExpiryMs({ accessToken, expiresAtMs }: FetchedConnection): number {
  return expiresAtMs ?? getJwtExpiryMs(accessToken) ?? Infinity;
}

function getJwtExpiryMs(token: string): number | undefined {
  const [, payload, signature] = token.split('.', 4);
  if (payload === undefined || signature === undefined) return undefined;
  try {
    const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp?: unknown };
    return typeof exp === 'number' ? exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}
