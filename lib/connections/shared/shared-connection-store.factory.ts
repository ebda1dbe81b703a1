import { createHash } from 'node:crypto';
import type { ConnectorsOptions } from '../../options/connectors.options.js';
import type { Clock } from '../../common/clock.js';
import { EntryCipher } from './entry-cipher.js';
import { ResilientStore } from './resilient.store.js';
import { SharedConnectionStore } from './shared-connection.store.js';

/**
 * What the options say of sharing connections with other processes, if anything.
 *
 * @internal
 */
export function createSharedConnectionStore(
  options: ConnectorsOptions,
  clock: Clock,
): SharedConnectionStore | undefined {
  const { cache } = options;
  if (!cache || cache.shared === undefined) return undefined;
  return new SharedConnectionStore(
    new ResilientStore(cache.shared),
    new EntryCipher(cache.shared.encryptionKeys),
    clock,
    partitionOf(options),
    cache,
  );
}

/** Whose connections they are: nobody else finds them under their names. */
function partitionOf({ serverUrl, appId, serviceRole }: ConnectorsOptions): string {
  return [serverUrl, appId, serviceIdentityOf(serviceRole)].join('\n');
}

function serviceIdentityOf(serviceRole: ConnectorsOptions['serviceRole']): string {
  if ('client' in serviceRole) return 'client';
  if ('broker' in serviceRole)
    return `${serviceRole.broker.url} ${hashOf(serviceRole.broker.secret)}`;
  const { serviceToken } = serviceRole;
  return typeof serviceToken === 'string' ? hashOf(serviceToken) : typeof serviceToken;
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
