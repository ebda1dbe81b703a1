import { InvalidRequestError } from '../errors/request.errors.js';
import type { IncomingRequest } from '../interfaces/incoming-request.interface.js';
import type { ActingIdentity } from './acting-identity.js';
import { getCurrentRequest } from './current-request.js';
import { type IdentityReader, parseUserToken } from './identity.reader.js';

/**
 * Reads the identity anew for each call, because a guard may sign the user in meanwhile.
 *
 * @internal
 */
export class IdentitySource {
  readonly #reader: IdentityReader;
  readonly #getRequest: () => IncomingRequest | undefined;
  /** The bound user. An empty token means anonymous. */
  readonly #user: { readonly token: string } | undefined;
  /** Whether the identity is always the configured one. */
  readonly isStatic: boolean;

  private constructor(
    reader: IdentityReader,
    getRequest: () => IncomingRequest | undefined,
    user?: { readonly token: string },
  ) {
    this.#reader = reader;
    this.#getRequest = getRequest;
    this.#user = user;
    this.isStatic = !reader.readsRequests && user === undefined;
  }

  /** Creates a source that follows the current request. Without one, the configured identity applies. */
  static create(reader: IdentityReader): IdentitySource {
    return new IdentitySource(reader, getCurrentRequest);
  }

  /**
   * Returns the current identity.
   *
   * @throws `UntrustedRequestError`, `InvalidRequestError`, or the errors of `request.appUserToken`
   */
  getIdentity(): ActingIdentity {
    if (this.isStatic) return this.#reader.configured;
    const request = this.#getRequest();
    return this.#user === undefined
      ? this.#reader.read(request)
      : this.#reader.readServiceRole(request).asUser(parseUserToken(this.#user.token));
  }

  /** Returns a source that is bound to a request. */
  forRequest(request: IncomingRequest): IdentitySource {
    return this.#reader.readsRequests
      ? new IdentitySource(this.#reader, () => requireRequest(request))
      : this;
  }

  /** Returns a source that is bound to a user, with the same service role. */
  asUser(token: string): IdentitySource {
    return new IdentitySource(this.#reader, this.#getRequest, { token });
  }
}

function requireRequest(request: unknown): IncomingRequest {
  if (typeof request === 'object' && request !== null) return request;
  throw new InvalidRequestError(
    'forRequest() received no request. Pass the request, or the handshake of a WebSocket',
  );
}
