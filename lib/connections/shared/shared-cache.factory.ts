import type { Clock } from '../../common/clock.js';
import { sha256 } from '../../common/hash.js';
import type {
  ConnectorsOptions,
  ResilienceSettings,
  SharedStoreSettings,
} from '../../options/connectors.options.js';
import { EntryCipher } from './entry-cipher.js';
import { RenewalLease, type RenewalLeaseParts } from './renewal.lease.js';
import { ResilientLease } from './resilient.lease.js';
import { ResilientStore } from './resilient.store.js';
import { SharedCache } from './shared-cache.js';
import { SharedConnectionStore } from './shared-connection.store.js';
import { SharedEpoch } from './shared-epoch.js';
import { SharedFailures } from './shared-failures.js';
import { SharedInvalidations } from './shared-invalidations.js';
import { SharedNames } from './shared-names.js';

/**
 * Creates the cache in the store that the options configure, or returns `null` if they configure
 * none.
 *
 * @internal
 */
export function createSharedCache(options: ConnectorsOptions, clock: Clock): SharedCache | null {
  const { cache } = options;
  if (!cache || cache.shared === undefined) return null;
  const store = new ResilientStore(cache.shared);
  const names = new SharedNames(getPartition(options));
  const epoch = new SharedEpoch(store, clock, names.epoch);
  const invalidations = new SharedInvalidations({ store, clock, names, epoch }, cache);
  const cipher = new EntryCipher(cache.shared.encryptionKeys);
  const connections = new SharedConnectionStore(
    { store, clock, names, invalidations, cipher },
    cache,
  );
  const lease = createLease({ store, names }, cache.shared, options.resilience);
  return new SharedCache({ connections, invalidations, epoch, lease });
}

function createLease(
  { store, names }: Pick<RenewalLeaseParts, 'store' | 'names'>,
  { lease, storeDeadlineMs }: SharedStoreSettings,
  { deadlineMs }: ResilienceSettings,
): RenewalLease | undefined {
  if (lease === undefined) return undefined;
  const resilient = new ResilientLease({ lease, store, deadlineMs: storeDeadlineMs });
  const failures = new SharedFailures(store);
  return new RenewalLease({ lease: resilient, store, names, failures }, deadlineMs);
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
