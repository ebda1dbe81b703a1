import { createHash } from 'node:crypto';

/**
 * Returns the SHA-256 digest of a string or of bytes.
 *
 * @internal
 */
export function sha256(data: string | Buffer, encoding: 'hex' | 'base64url'): string {
  return createHash('sha256').update(data).digest(encoding);
}
