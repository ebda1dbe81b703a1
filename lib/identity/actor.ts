import type { IncomingRequest } from '../interfaces/incoming-request.interface.js';
import { currentRequest } from './ambient-context.js';
import type { ActingIdentity } from './acting-identity.js';
import { type IdentityReader, userTokenOf } from './identity.reader.js';

/**
 * Who acts, asked anew for each call: a guard may sign the user in meanwhile.
 *
 * @internal
 */
export class Actor {
  readonly #reader: IdentityReader;
  readonly #read: () => ActingIdentity;
  /** Whether it is always the one of the options. */
  readonly isFixed: boolean;

  private constructor(reader: IdentityReader, read: () => ActingIdentity, isFixed = false) {
    this.#reader = reader;
    this.#read = read;
    this.isFixed = isFixed;
  }

  /** Whoever sent the request that is being handled; outside of any, the one of the options. */
  static ofCurrentRequest(reader: IdentityReader): Actor {
    return reader.readsRequests
      ? new Actor(reader, () => reader.read(currentRequest()))
      : new Actor(reader, () => reader.own, true);
  }

  /**
   * @throws `UntrustedRequestError`, `InvalidRequestError`, and what `request.appUserToken` throws
   */
  identity(): ActingIdentity {
    return this.#read();
  }

  ofRequest(request: IncomingRequest): Actor {
    return new Actor(this.#reader, () => this.#reader.read(request));
  }

  /** The same service role, for another user. */
  asUser(userToken: string): Actor {
    return new Actor(this.#reader, () => this.#read().asUser(userTokenOf(userToken)));
  }
}
