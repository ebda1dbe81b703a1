import type { FetchedConnection } from '../../interfaces/connector-connection.interface.js';

/**
 * The content of an encrypted entry.
 *
 * @internal
 */
export interface StoredConnection extends FetchedConnection {
  readonly givenAtMs: number;
  readonly tombstone?: string | undefined;
  readonly era: string;
}

/**
 * @throws `TypeError` or `SyntaxError` when another version of this package wrote the entry
 * @internal
 */
export function parseStoredConnection(text: string): StoredConnection {
  const stored = JSON.parse(text) as StoredConnection;
  if (typeof stored.accessToken !== 'string' || !Number.isFinite(stored.givenAtMs)) {
    throw new TypeError('the entry has another format');
  }
  return stored;
}
