import type { IncomingRequest } from '../interfaces/incoming-request.interface.js';

/**
 * Stands in for the value of a parameter until the pipe of this package, the last one of a
 * parameter, gives it. Global pipes may trim, copy or clone it: they see nothing of the request.
 *
 * @internal
 */
export class RequestCarrier {
  readonly #request: IncomingRequest | undefined;

  constructor(request: IncomingRequest | undefined) {
    this.#request = request;
  }

  get request(): IncomingRequest | undefined {
    return this.#request;
  }
}
