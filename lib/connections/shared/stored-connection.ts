import type { FetchedConnection } from '../../interfaces/connector-connection.interface.js';

/**
 * The content of an encrypted entry.
 *
 * @internal
 */
export interface StoredConnection extends FetchedConnection, StoredMarks {}

interface StoredMarks {
  /** The time of the response of Base44, in milliseconds since 1970. */
  readonly fetchedAtMs: number;
  /** The generations that were current before the request to Base44. */
  readonly generations: string;
}

/**
 * Serializes a connection without any other fields of its object.
 *
 * @internal
 */
export function serializeConnection(
  { accessToken, connectionConfig, expiresAtMs }: FetchedConnection,
  marks: StoredMarks,
): string {
  const stored: StoredConnection = { accessToken, connectionConfig, expiresAtMs, ...marks };
  return JSON.stringify(stored);
}

/**
 * Parses the content of an entry.
 *
 * @throws `TypeError` or `SyntaxError` when another version of this package wrote the entry
 * @internal
 */
export function parseStoredConnection(text: string): StoredConnection {
  const stored = JSON.parse(text) as StoredConnection;
  if (typeof stored.accessToken !== 'string' || !Number.isFinite(stored.fetchedAtMs)) {
    throw new TypeError('the entry has another format');
  }
  return stored;
}
