import { walkCauses } from './causes.js';
import { type ConnectorsError, isConnectorsError } from './connectors.error.js';

/** The properties in which SDKs, axios, `AggregateError` and GraphQL keep the original error. */
const CAUSES = ['cause', 'original', 'originalError', 'error', 'errors'];

/** The number of objects to search. Real errors have less than ten causes. */
const MAX_OBJECTS = 100;

/**
 * Finds the error of this package in an error of another library, such as an SDK that calls a provider
 * with `connectors.fetchFor()`.
 *
 * It searches `cause`, `original`, `originalError`, `error` and `errors`, and in turn those of the errors it
 * finds. It visits at most 100 objects, so cycles do not matter, and it never throws. Like `isConnectorsError`, it recognizes
 * errors of another copy of the package.
 *
 * @returns the error itself if it is of this package, or `undefined` if there is none
 *
 * @example
 * await slack.chat.postMessage(message).catch((error: unknown) => {
 *   if (findConnectorsError(error)?.code !== 'CONNECTOR_NOT_CONNECTED') throw error;
 * });
 *
 * @publicApi
 */
export function findConnectorsError(error: unknown): ConnectorsError | undefined {
  for (const candidate of walkCauses(error, CAUSES, MAX_OBJECTS)) {
    if (isConnectorsError(candidate)) return candidate;
  }
  return undefined;
}
