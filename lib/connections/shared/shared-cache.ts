import type { RenewalLease } from './renewal.lease.js';
import type { SharedConnectionStore } from './shared-connection.store.js';
import type { SharedEpoch } from './shared-epoch.js';
import type { SharedInvalidations } from './shared-invalidations.js';

interface SharedCacheParts {
  readonly connections: SharedConnectionStore;
  readonly invalidations: SharedInvalidations;
  readonly epoch: SharedEpoch;
  readonly lease: RenewalLease | undefined;
}

/**
 * The cache that processes share: connections, their invalidations, the epoch, and
 * the lease if the options configure one.
 *
 * @internal
 */
export class SharedCache {
  readonly connections: SharedConnectionStore;
  readonly invalidations: SharedInvalidations;
  readonly epoch: SharedEpoch;
  readonly lease: RenewalLease | undefined;

  constructor({ connections, invalidations, epoch, lease }: SharedCacheParts) {
    this.connections = connections;
    this.invalidations = invalidations;
    this.epoch = epoch;
    this.lease = lease;
  }
}
