import type { IncomingRequest } from '../interfaces/incoming-request.interface.js';

/**
 * Carries the incoming request to the connector's pipe, which runs last and replaces it.
 * Its field is private, so global pipes that trim, copy or clone it see nothing of the request.
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
