import { removeTrailingSlashes } from '../common/server-url.js';
import type { CacheOptions } from '../interfaces/cache-options.interface.js';
import type { ConnectorsModuleOptions } from '../interfaces/connectors-module-options.interface.js';
import type { RequestOptions } from '../interfaces/incoming-request.interface.js';
import type { ResilienceOptions } from '../interfaces/resilience-options.interface.js';
import type {
  CacheSettings,
  ConnectorsOptions,
  RequestSettings,
  ResilienceSettings,
} from './connectors.options.js';

const DEFAULT_SERVER_URL = 'https://base44.app';
const DEFAULT_DEADLINE_MS = 15_000;

/** The settings for `resilience: false`: one attempt, which has the whole deadline. */
const NO_RESILIENCE: ResilienceSettings = {
  attemptTimeoutMs: DEFAULT_DEADLINE_MS,
  deadlineMs: DEFAULT_DEADLINE_MS,
  retries: 0,
  breaker: false,
};

/**
 * Fills in the defaults of valid options.
 *
 * @internal
 */
export function applyDefaults(options: ConnectorsModuleOptions): ConnectorsOptions {
  const { cache, resilience } = options;
  return {
    appId: options.appId,
    serverUrl: removeTrailingSlashes(options.serverUrl ?? DEFAULT_SERVER_URL),
    appUrl: options.appUrl && removeTrailingSlashes(options.appUrl),
    serviceRole: toServiceRole(options),
    request: options.request ? toRequestSettings(options.request) : undefined,
    useEnvironmentProxy: options.useEnvironmentProxy ?? false,
    cache: cache === false ? false : toCacheSettings(cache ?? {}),
    resilience: resilience === false ? NO_RESILIENCE : toResilienceSettings(resilience ?? {}),
    verifyOnBootstrap: options.verifyOnBootstrap ?? 'off',
  };
}

function toServiceRole({
  client,
  broker,
  serviceToken,
}: ConnectorsModuleOptions): ConnectorsOptions['serviceRole'] {
  if (client) return { client };
  return broker ? { broker } : { serviceToken: serviceToken ?? undefined };
}

function toRequestSettings(request: RequestOptions): RequestSettings {
  return {
    base44Headers: request.base44Headers ?? false,
    base44Cookie: request.base44Cookie ?? false,
    trustedServerUrls: (request.trustedServerUrls ?? []).map(removeTrailingSlashes),
    trustedAppIds: request.trustedAppIds ?? [],
    // Read anew for each request, because a test may replace it.
    appUserToken: request.appUserToken && ((incoming) => request.appUserToken?.(incoming)),
  };
}

function toCacheSettings(cache: CacheOptions): CacheSettings {
  const { store, encryptionKeys = [], lease, storeDeadlineMs = 250 } = cache;
  return {
    ttlMs: cache.ttlMs ?? 60_000,
    negativeTtlMs: cache.negativeTtlMs ?? 5_000,
    staleIfErrorMs: cache.staleIfErrorMs ?? 300_000,
    maxEntries: cache.maxEntries ?? 10_000,
    shared: store && { store, encryptionKeys, lease, storeDeadlineMs },
  };
}

function toResilienceSettings(resilience: ResilienceOptions): ResilienceSettings {
  const { breaker } = resilience;
  return {
    attemptTimeoutMs: resilience.attemptTimeoutMs ?? 5_000,
    deadlineMs: resilience.deadlineMs ?? DEFAULT_DEADLINE_MS,
    retries: resilience.retries ?? 2,
    breaker: breaker !== false && {
      failureThreshold: breaker?.failureThreshold ?? 5,
      halfOpenAfterMs: breaker?.halfOpenAfterMs ?? 10_000,
    },
  };
}
