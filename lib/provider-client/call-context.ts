import type { CurrentIdentity } from '../identity/identity.source.js';
import type { ProviderEndpoint } from './provider-endpoint.js';

/**
 * The endpoint that a call goes to, and the identity that it acts for.
 *
 * @internal
 */
export interface CallContext {
  readonly endpoint: ProviderEndpoint;
  readonly identitySource: CurrentIdentity;
}
