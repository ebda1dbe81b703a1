import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingRequest } from '../interfaces/incoming-request.interface.js';

const requests = new AsyncLocalStorage<IncomingRequest>();

/**
 * The request that is being handled, however deep below its handler.
 *
 * @internal
 */
export function currentRequest(): IncomingRequest | undefined {
  return requests.getStore();
}

/**
 * Does something as part of the handling of a request, whatever follows from it included.
 *
 * @internal
 */
export function withinRequest<T>(request: IncomingRequest | undefined, work: () => T): T {
  return request === undefined ? work() : requests.run(request, work);
}
