import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingRequest } from '../interfaces/incoming-request.interface.js';
import { Secret } from '../common/secret.js';

/** Sealed, for Node.js 20 hangs it on every promise, where an inspection would show it. */
const requests = new AsyncLocalStorage<Secret<IncomingRequest> | undefined>();

/**
 * The request that is being handled, however deep below its handler.
 *
 * @internal
 */
export function currentRequest(): IncomingRequest | undefined {
  return requests.getStore()?.reveal();
}

/**
 * Does something as part of the handling of a request, whatever follows from it included.
 *
 * @internal
 */
export function runInRequestContext<T>(request: IncomingRequest | undefined, work: () => T): T {
  return request === undefined ? work() : requests.run(new Secret(request), work);
}

/**
 * Does something that outlives the request that causes it, so that it does not hold the
 * request in memory.
 *
 * @internal
 */
export function exitRequestContext<T>(work: () => T): T {
  return requests.getStore() === undefined ? work() : requests.run(undefined, work);
}
