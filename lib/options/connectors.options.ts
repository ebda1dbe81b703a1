import type { Base44Client } from '../interfaces/base44-client.interface.js';
import type { CacheOptions, ConnectorsStore } from '../interfaces/cache-options.interface.js';
import type {
  BrokerOptions,
  ConnectorsModuleOptions,
  ServiceToken,
  VerifyOnBootstrap,
} from '../interfaces/connectors-module-options.interface.js';
import type { RequestOptions } from '../interfaces/incoming-request.interface.js';
import type { ResilienceOptions } from '../interfaces/resilience-options.interface.js';

/**
 * The injection token of the validated options, as `Secret<ConnectorsOptions>`.
 *
 * @internal
 */
export const CONNECTORS_OPTIONS = Symbol('CONNECTORS_OPTIONS');

/**
 * The options after validation: complete, and true to their types.
 *
 * @internal
 */
export interface ConnectorsOptions {
  readonly appId: string;
  /** Without a slash at its end. */
  readonly serverUrl: string;
  /** Without a service token, requests carry it. */
  readonly serviceRole:
    | { readonly serviceToken: ServiceToken | undefined }
    | { readonly client: Base44Client }
    | { readonly broker: BrokerOptions };
  /** Left out: nothing is taken from requests. */
  readonly request: RequestSettings | undefined;
  readonly useEnvironmentProxy: boolean;
  readonly cache: CacheSettings | false;
  readonly resilience: ResilienceSettings;
  readonly verifyOnBootstrap: VerifyOnBootstrap;
}

/** @internal */
export interface RequestSettings {
  readonly base44Headers: boolean;
  readonly trustedServerUrls: readonly string[];
  readonly trustedAppIds: readonly string[];
  readonly appUserToken: RequestOptions['appUserToken'];
}

/** @internal */
export interface CacheSettings {
  readonly ttlMs: number;
  readonly negativeTtlMs: number;
  readonly staleIfErrorMs: number;
  readonly maxEntries: number;
  readonly shared: SharedStoreSettings | undefined;
}

/** @internal */
export interface SharedStoreSettings {
  readonly store: ConnectorsStore;
  /** 32 bytes each, in base64; the first one encrypts. */
  readonly encryptionKeys: readonly string[];
  readonly storeDeadlineMs: number;
}

/** @internal */
export interface ResilienceSettings {
  readonly attemptTimeoutMs: number;
  readonly deadlineMs: number;
  readonly retries: number;
  readonly breaker: BreakerSettings | false;
}

/** @internal */
export interface BreakerSettings {
  readonly failureThreshold: number;
  readonly halfOpenAfterMs: number;
}

const DEFAULT_SERVER_URL = 'https://base44.app';
const DEFAULT_DEADLINE_MS = 15_000;

/** One attempt, for as long as a call may take. */
const NO_RESILIENCE: ResilienceSettings = {
  attemptTimeoutMs: DEFAULT_DEADLINE_MS,
  deadlineMs: DEFAULT_DEADLINE_MS,
  retries: 0,
  breaker: false,
};

/**
 * Fills in what valid options leave out.
 *
 * @internal
 */
export function withDefaults(options: ConnectorsModuleOptions): ConnectorsOptions {
  const { appId } = options;
  return {
    appId,
    serverUrl: withoutEndingSlash(options.serverUrl ?? DEFAULT_SERVER_URL),
    serviceRole: serviceRoleOf(options),
    request: options.request ? requestSettings(options.request) : undefined,
    useEnvironmentProxy: options.useEnvironmentProxy ?? false,
    cache: options.cache === false ? false : cacheSettings(options.cache ?? {}),
    resilience:
      options.resilience === false ? NO_RESILIENCE : resilienceSettings(options.resilience ?? {}),
    verifyOnBootstrap: options.verifyOnBootstrap ?? 'off',
  };
}

function serviceRoleOf({
  client,
  broker,
  serviceToken,
}: ConnectorsModuleOptions): ConnectorsOptions['serviceRole'] {
  if (client) return { client };
  return broker ? { broker } : { serviceToken: serviceToken ?? undefined };
}

function requestSettings(request: RequestOptions): RequestSettings {
  return {
    base44Headers: request.base44Headers ?? false,
    trustedServerUrls: (request.trustedServerUrls ?? []).map(withoutEndingSlash),
    trustedAppIds: request.trustedAppIds ?? [],
    // It may be a method of something.
    appUserToken: request.appUserToken && ((incoming) => request.appUserToken?.(incoming)),
  };
}

function withoutEndingSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

function cacheSettings(cache: CacheOptions): CacheSettings {
  const { store, encryptionKeys = [] } = cache;
  return {
    ttlMs: cache.ttlMs ?? 60_000,
    negativeTtlMs: cache.negativeTtlMs ?? 5_000,
    staleIfErrorMs: cache.staleIfErrorMs ?? 300_000,
    maxEntries: cache.maxEntries ?? 10_000,
    shared: store && { store, encryptionKeys, storeDeadlineMs: cache.storeDeadlineMs ?? 250 },
  };
}

function resilienceSettings(resilience: ResilienceOptions): ResilienceSettings {
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
