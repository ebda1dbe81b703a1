import { AsyncLocalStorage } from 'node:async_hooks';
import { Secret } from '../common/secret.js';
import type { IncomingRequest } from '../interfaces/incoming-request.interface.js';

/** The requests are sealed, because Node.js 20 attaches them to every promise, where inspection shows them. */
const requests = new AsyncLocalStorage<Secret<IncomingRequest> | undefined>();

/**
 * Returns the request that is being handled, if there is one.
 *
 * @internal
 */
export function getCurrentRequest(): IncomingRequest | undefined {
  return requests.getStore()?.reveal();
}

/**
 * Runs work, and everything that follows from it, as part of the handling of a request. Without a
 * request, it runs outside of the current one, which may be another user's.
 *
 * @internal
 */
export function runInRequestContext<T>(request: IncomingRequest | undefined, work: () => T): T {
  return request === undefined ? exitRequestContext(work) : requests.run(new Secret(request), work);
}

/**
 * Runs work that outlives the current request, so that it does not hold the request in memory.
 *
 * @internal
 */
export function exitRequestContext<T>(work: () => T): T {
  return requests.getStore() === undefined ? work() : requests.run(undefined, work);
}
