import { isConnectorsError } from './connectors.error.js';

/**
 * Copies an error of this package, because callers that share one could change it for each other.
 * Returns any other value unchanged.
 *
 * @internal
 */
export function copyError(error: unknown): unknown {
  if (!isConnectorsError(error)) return error;
  const copy = Reflect.construct(Error, [error.message], error.constructor) as Error;
  return Object.defineProperties(copy, Object.getOwnPropertyDescriptors(error));
}
