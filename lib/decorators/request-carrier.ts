import type { IncomingRequest } from '../interfaces/incoming-request.interface.js';

const GET_REQUEST = Symbol('getRequest');

interface RequestCarrier {
  readonly [GET_REQUEST]: () => IncomingRequest | undefined;
}

/**
 * Carries the incoming request to the connector's pipe, which runs last and replaces the carrier.
 *
 * A global pipe that trims, copies, clones or wraps the carrier keeps the function, and does not see the
 * request. A class with private fields would break in a clone or a proxy.
 *
 * @internal
 */
export function carryRequest(request: IncomingRequest | undefined): RequestCarrier {
  return { [GET_REQUEST]: () => request };
}

/**
 * Returns the request of a carrier, or `undefined` if a global pipe removed it.
 *
 * @internal
 */
export function getCarriedRequest(value: unknown): IncomingRequest | undefined {
  const carrier = Object(value) as Partial<RequestCarrier>;
  return carrier[GET_REQUEST]?.();
}
