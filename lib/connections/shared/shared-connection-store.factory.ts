import type { Clock } from '../../common/clock.js';
import { sha256 } from '../../common/hash.js';
import type { ConnectorsOptions } from '../../options/connectors.options.js';
import { EntryCipher } from './entry-cipher.js';
import { ResilientStore } from './resilient.store.js';
import { SharedConnectionStore } from './shared-connection.store.js';

/**
 * Wraps the store that the options configure, or returns `null` if they configure none.
 *
 * @internal
 */
export function createResilientStore({ cache }: ConnectorsOptions): ResilientStore | null {
  return cache && cache.shared ? new ResilientStore(cache.shared) : null;
}

/**
 * Creates the shared store that the options configure, or returns `null` if they configure none.
 *
 * @internal
 */
export function createSharedConnectionStore(
  options: ConnectorsOptions,
  clock: Clock,
  store: ResilientStore | null,
): SharedConnectionStore | null {
  const { cache } = options;
  if (!cache || cache.shared === undefined || store === null) return null;
  return new SharedConnectionStore(
    store,
    new EntryCipher(cache.shared.encryptionKeys),
    clock,
    getPartition(options),
    cache,
  );
}

/** Returns a string that separates the entries of different servers, apps and service identities. */
function getPartition({ serverUrl, appId, serviceRole }: ConnectorsOptions): string {
  return [serverUrl, appId, getServiceIdentity(serviceRole)].join('\n');
}

function getServiceIdentity(serviceRole: ConnectorsOptions['serviceRole']): string {
  if ('client' in serviceRole) return 'client';
  if ('broker' in serviceRole) {
    const { url, secret } = serviceRole.broker;
    return `${url} ${sha256(secret, 'base64url')}`;
  }
  const { serviceToken } = serviceRole;
  return typeof serviceToken === 'string' ? sha256(serviceToken, 'base64url') : typeof serviceToken;
}
