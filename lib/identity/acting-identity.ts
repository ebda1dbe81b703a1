import { createHash } from 'node:crypto';
import type { Identity } from '../interfaces/identity.interface.js';
import { Secret } from './secret.js';

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

  constructor(parts: Pick<Identity, 'serverUrl' | 'appId' | 'dataEnv'> & Secrets) {
    this.serverUrl = parts.serverUrl;
    this.appId = parts.appId;
    this.serviceToken = parts.serviceToken;
    this.userToken = parts.userToken;
    this.state = parts.state;
    this.dataEnv = parts.dataEnv;
  }

  /**
   * Tells identities apart without telling who they are: `''` for the one of the options, a hash
   * for every other. `Base44-State` is no part of it: it belongs to one request.
   */
  get key(): string {
    const isOfOptions = this.serviceToken === undefined && this.userToken === undefined;
    this.#key ??= isOfOptions ? '' : this.#hash();
    return this.#key;
  }

  /** The same service role, for another user, or for none. */
  asUser(userToken: string | undefined): ActingIdentity {
    const { serverUrl, appId, serviceToken, state, dataEnv } = this;
    const user = userToken === undefined ? undefined : new Secret(userToken);
    return new ActingIdentity({ serverUrl, appId, serviceToken, state, dataEnv, userToken: user });
  }

  #hash(): string {
    const { serverUrl, appId, serviceToken, userToken, dataEnv } = this;
    const parts = [serverUrl, appId, serviceToken?.reveal(), userToken?.reveal(), dataEnv];
    return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
  }
}

type Secrets = Partial<Record<'serviceToken' | 'userToken' | 'state', Secret | undefined>>;
