import type { SharedConnectionStore } from './shared-connection.store.js';
import type { SharedEpoch } from './shared-epoch.js';
import type { SharedInvalidations } from './shared-invalidations.js';

interface SharedCacheParts {
  readonly connections: SharedConnectionStore;
  readonly invalidations: SharedInvalidations;
  readonly epoch: SharedEpoch;
}

/**
 * The cache that processes share: connections, their invalidations, and the epoch.
 *
 * @internal
 */
export class SharedCache {
  readonly connections: SharedConnectionStore;
  readonly invalidations: SharedInvalidations;
  readonly epoch: SharedEpoch;

  constructor({ connections, invalidations, epoch }: SharedCacheParts) {
    this.connections = connections;
    this.invalidations = invalidations;
    this.epoch = epoch;
  }
}
