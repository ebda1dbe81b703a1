import { InvalidRequestError } from '../errors/request.errors.js';
import type { IncomingRequest } from '../interfaces/incoming-request.interface.js';
import type { ActingIdentity } from './acting-identity.js';
import { currentRequest } from './ambient-context.js';
import { type IdentityReader, parseUserToken } from './identity.reader.js';

type RequestSource = () => IncomingRequest | undefined;

/**
 * Who acts, asked anew for each call: a guard may sign the user in meanwhile.
 *
 * @internal
 */
export class IdentitySource {
  readonly #reader: IdentityReader;
  readonly #request: RequestSource;
  /** Whom it is bound to, be it nobody. */
  readonly #user: { readonly token: string } | undefined;
  /** Whether it is always the one of the options. */
  readonly isFixed: boolean;

  private constructor(
    reader: IdentityReader,
    request: RequestSource,
    user?: { readonly token: string },
  ) {
    this.#reader = reader;
    this.#request = request;
    this.#user = user;
    this.isFixed = !reader.readsRequests && user === undefined;
  }

  /** Whoever sent the request that is being handled; outside of any, the one of the options. */
  static ofCurrentRequest(reader: IdentityReader): IdentitySource {
    return new IdentitySource(reader, currentRequest);
  }

  /**
   * @throws `UntrustedRequestError`, `InvalidRequestError`, and what `request.appUserToken` throws
   */
  identity(): ActingIdentity {
    const request = this.#request();
    return this.#user === undefined
      ? this.#reader.read(request)
      : this.#reader.readServiceRole(request).asUser(parseUserToken(this.#user.token));
  }

  ofRequest(request: IncomingRequest): IdentitySource {
    return this.#reader.readsRequests
      ? new IdentitySource(this.#reader, () => checked(request))
      : this;
  }

  /** The same service role, for another user. */
  asUser(token: string): IdentitySource {
    return new IdentitySource(this.#reader, this.#request, { token });
  }
}

function checked(request: unknown): IncomingRequest {
  if (typeof request === 'object' && request !== null) return request;
  throw new InvalidRequestError('forRequest() needs the request, or the handshake, itself');
}
