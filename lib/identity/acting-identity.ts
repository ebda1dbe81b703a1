import { sha256 } from '../common/hash.js';
import { Secret } from '../common/secret.js';
import type { Identity } from '../interfaces/identity.interface.js';

/**
 * The identity for which requests are sent to Base44. Each cached connection belongs to one identity.
 *
 * @internal
 */
export class ActingIdentity implements Identity {
  readonly serverUrl: string;
  readonly appId: string;
  readonly appUrl: string | undefined;
  readonly serviceToken: Secret | undefined;
  readonly userToken: Secret | undefined;
  readonly state: Secret | undefined;
  readonly dataEnv: Identity['dataEnv'];
  #key: string | undefined;
  #userKey: string | undefined;

  constructor(parts: Pick<Identity, 'serverUrl' | 'appId' | 'appUrl' | 'dataEnv'> & Secrets) {
    this.serverUrl = parts.serverUrl;
    this.appId = parts.appId;
    this.appUrl = parts.appUrl;
    this.serviceToken = parts.serviceToken;
    this.userToken = parts.userToken;
    this.state = parts.state;
    this.dataEnv = parts.dataEnv;
  }

  /**
   * A key that distinguishes identities without revealing them: hashes of the service role and of the
   * user, or nothing in place of the configured ones. It excludes `Base44-State`, which belongs to one
   * request.
   */
  get key(): string {
    this.#key ??= `${this.#getRoleKey()}.${this.userKey}`;
    return this.#key;
  }

  /** The part of the key that stands for the user. It is the same for every service role. */
  get userKey(): string {
    this.#userKey ??=
      this.userToken === undefined ? '' : sha256(this.userToken.reveal(), 'base64url');
    return this.#userKey;
  }

  /** Returns an identity with the same service role and another user, or none. */
  asUser(userToken: string | undefined): ActingIdentity {
    const user = userToken === undefined ? undefined : new Secret(userToken);
    const { serverUrl, appId, appUrl, serviceToken, state, dataEnv } = this;
    const role = { serverUrl, appId, appUrl, serviceToken, state, dataEnv };
    return new ActingIdentity({ ...role, userToken: user });
  }

  #getRoleKey(): string {
    const { serverUrl, appId, serviceToken, dataEnv } = this;
    if (serviceToken === undefined) return '';
    const role = JSON.stringify([serverUrl, appId, serviceToken.reveal(), dataEnv]);
    return sha256(role, 'base64url');
  }
}

type Secrets = Partial<Record<'serviceToken' | 'userToken' | 'state', Secret | undefined>>;
