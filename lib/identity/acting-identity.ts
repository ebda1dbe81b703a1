import { createHash } from 'node:crypto';
import type { Identity } from '../interfaces/identity.interface.js';
import { Secret } from '../common/secret.js';

/**
 * On whose behalf Base44 is asked. Whatever is kept is kept for one identity alone.
 *
 * @internal
 */
export class ActingIdentity implements Identity {
  readonly serverUrl: string;
  readonly appId: string;
  readonly serviceToken: Secret | undefined;
  readonly userToken: Secret | undefined;
  readonly state: Secret | undefined;
  readonly dataEnv: Identity['dataEnv'];
  #key: string | undefined;
  #userKey: string | undefined;

  constructor(parts: Pick<Identity, 'serverUrl' | 'appId' | 'dataEnv'> & Secrets) {
    this.serverUrl = parts.serverUrl;
    this.appId = parts.appId;
    this.serviceToken = parts.serviceToken;
    this.userToken = parts.userToken;
    this.state = parts.state;
    this.dataEnv = parts.dataEnv;
  }

  /**
   * Tells identities apart without telling who they are: `''` for the one of the options, hashes
   * for every other. `Base44-State` is no part of it: it belongs to one request.
   */
  get key(): string {
    const isOfOptions = this.serviceToken === undefined && this.userToken === undefined;
    this.#key ??= isOfOptions ? '' : `${this.#roleKey()}.${this.userKey}`;
    return this.#key;
  }

  /** The part of the key that stands for the user, whatever service role asks for them. */
  get userKey(): string {
    this.#userKey ??= this.userToken === undefined ? '' : hashOf(this.userToken.reveal());
    return this.#userKey;
  }

  /** The same service role, for another user, or for none. */
  asUser(userToken: string | undefined): ActingIdentity {
    const { serverUrl, appId, serviceToken, state, dataEnv } = this;
    const user = userToken === undefined ? undefined : new Secret(userToken);
    return new ActingIdentity({ serverUrl, appId, serviceToken, state, dataEnv, userToken: user });
  }

  #roleKey(): string {
    const { serverUrl, appId, serviceToken, dataEnv } = this;
    if (serviceToken === undefined) return '';
    return hashOf(JSON.stringify([serverUrl, appId, serviceToken.reveal(), dataEnv]));
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

type Secrets = Partial<Record<'serviceToken' | 'userToken' | 'state', Secret | undefined>>;
