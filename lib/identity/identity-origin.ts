import type { IncomingRequest } from '../interfaces/incoming-request.interface.js';

/**
 * The facts that an identity is read from. Without any, the configured identity applies. All members
 * are own properties, so a polluted `Object.prototype` signs no user in.
 *
 * @internal
 */
export interface IdentityOrigin {
  readonly request: IncomingRequest | undefined;
  /** The user, in place of the request's. An empty token means anonymous. */
  readonly user: { readonly token: string } | undefined;
}

/** @internal */
export function toOrigin(request: IncomingRequest | undefined): IdentityOrigin {
  return { request, user: undefined };
}
