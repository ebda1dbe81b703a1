import type { Base44Client } from '../interfaces/base44-client.interface.js';
import type {
  ConnectorsModuleOptions,
  ServiceToken,
} from '../interfaces/connectors-module-options.interface.js';

/**
 * The options after validation: complete, and true to their types.
 *
 * @internal
 */
export interface ConnectorsOptions {
  readonly appId: string;
  /** Without a slash at its end. */
  readonly serverUrl: string;
  readonly serviceRole: { readonly serviceToken: ServiceToken } | { readonly client: Base44Client };
  readonly useEnvironmentProxy: boolean;
  readonly cache: { readonly ttlMs: number; readonly maxEntries: number } | false;
  readonly resilience: { readonly deadlineMs: number };
}

const DEFAULT_SERVER_URL = 'https://base44.app';
const DEFAULT_CACHE = { ttlMs: 60_000, maxEntries: 10_000 };
const DEFAULT_RESILIENCE = { deadlineMs: 15_000 };

/**
 * Fills in what valid options leave out.
 *
 * @internal
 */
export function withDefaults(options: ConnectorsModuleOptions): ConnectorsOptions {
  const { appId, client, serviceToken = '', cache = {}, resilience = {} } = options;
  return {
    appId,
    serverUrl: (options.serverUrl ?? DEFAULT_SERVER_URL).replace(/\/+$/, ''),
    serviceRole: client === undefined ? { serviceToken } : { client },
    useEnvironmentProxy: options.useEnvironmentProxy ?? false,
    cache: cache && {
      ttlMs: cache.ttlMs ?? DEFAULT_CACHE.ttlMs,
      maxEntries: cache.maxEntries ?? DEFAULT_CACHE.maxEntries,
    },
    resilience: { deadlineMs: resilience.deadlineMs ?? DEFAULT_RESILIENCE.deadlineMs },
  };
}
