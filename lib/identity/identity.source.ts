import { InvalidRequestError } from '../errors/request.errors.js';
import type { IncomingRequest } from '../interfaces/incoming-request.interface.js';
import type { ActingIdentity } from './acting-identity.js';
import { getCurrentOrigin, runWithOrigin } from './current-request.js';
import { type IdentityOrigin, toOrigin } from './identity-origin.js';
import { type IdentityReader, parseUserToken } from './identity.reader.js';

/**
 * Reads the identity anew for each call, because a guard may sign the user in meanwhile.
 *
 * @internal
 */
export class IdentitySource {
  readonly #reader: IdentityReader;
  readonly #getOrigin: () => IdentityOrigin;

  private constructor(reader: IdentityReader, getOrigin: () => IdentityOrigin) {
    this.#reader = reader;
    this.#getOrigin = getOrigin;
  }

  /** Creates a source that follows the current request, or `runAs`. Outside, the configured identity applies. */
  static create(reader: IdentityReader): IdentitySource {
    return new IdentitySource(reader, () => getCurrentOrigin(reader));
  }

  /** Whether the identity is the configured one now, and in every request. */
  get isStatic(): boolean {
    return !this.#reader.readsRequests && this.#getOrigin().user === undefined;
  }

  /**
   * Returns the current identity.
   *
   * @throws `UntrustedRequestError`, `InvalidRequestError`, or the errors of `request.appUserToken`
   */
  getIdentity(): ActingIdentity {
    const { request, user } = this.#getOrigin();
    return user === undefined
      ? this.#reader.read(request)
      : this.#reader.readServiceRole(request).asUser(parseUserToken(user.token));
  }

  /** Returns a source that is bound to a request. */
  forRequest(request: IncomingRequest): IdentitySource {
    return this.#reader.readsRequests
      ? new IdentitySource(this.#reader, () => toOrigin(requireRequest(request)))
      : this;
  }

  /** Returns a source that is bound to a user and to the current service role. */
  asUser(token: string): IdentitySource {
    const origin = this.#withUser(token);
    return new IdentitySource(this.#reader, () => origin);
  }

  /**
   * Returns a source of the current identity, which does not hold the request in memory. Throws like
   * {@link getIdentity}.
   */
  freeze(): CurrentIdentity {
    const identity = this.getIdentity();
    return { getIdentity: () => identity };
  }

  /** Runs work and everything that follows from it as a user, with the current service role. */
  runAs<T>(token: string | undefined, work: () => T): T {
    return runWithOrigin(this.#reader, this.#withUser(token), work);
  }

  #withUser(token: string | undefined): IdentityOrigin {
    requireUserToken(token);
    return { ...this.#getOrigin(), user: { token } };
  }
}

/**
 * The identity that a call acts for.
 *
 * @internal
 */
export type CurrentIdentity = Pick<IdentitySource, 'getIdentity'>;

/** A missing token would act for the app instead of the user. Other values are validated when they are used. */
function requireUserToken(token: string | null | undefined): asserts token is string {
  if (token !== undefined && token !== null) return;
  throw new InvalidRequestError(
    "runAs() and asAppUser() need the user's Base44 token as a string. An empty string acts without a user",
  );
}

function requireRequest(request: unknown): IncomingRequest {
  if (typeof request === 'object' && request !== null) return request;
  throw new InvalidRequestError(
    'forRequest() received no request. Pass the request, or the handshake of a WebSocket',
  );
}
