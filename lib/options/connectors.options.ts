import type { Base44Client } from '../interfaces/base44-client.interface.js';
import type { ConnectorsLease, ConnectorsStore } from '../interfaces/cache-options.interface.js';
import type {
  BrokerOptions,
  ServiceToken,
  VerifyOnBootstrap,
} from '../interfaces/connectors-module-options.interface.js';
import type { RequestOptions } from '../interfaces/incoming-request.interface.js';

/**
 * The injection token of the validated options, as `Secret<ConnectorsOptions>`.
 *
 * @internal
 */
export const CONNECTORS_OPTIONS = Symbol('CONNECTORS_OPTIONS');

/**
 * The injection token of the name of the instance.
 *
 * @internal
 */
export const CONNECTORS_INSTANCE = Symbol('CONNECTORS_INSTANCE');

/**
 * The injection token of the mistakes in the settings of the registration, which are beside the options.
 *
 * @internal
 */
export const REGISTRATION_PROBLEMS = Symbol('REGISTRATION_PROBLEMS');

/**
 * The instance of the module. The default instance has no name.
 *
 * @internal
 */
export interface ConnectorsInstance {
  readonly name: string | undefined;
}

/**
 * The options after validation, with defaults filled in.
 *
 * @internal
 */
export interface ConnectorsOptions {
  readonly appId: string;
  /** The URL of Base44, without a trailing slash. */
  readonly serverUrl: string;
  /** The URL of the app itself, without a trailing slash. */
  readonly appUrl: string | undefined;
  /** The source of the service role. Without a `serviceToken`, incoming requests carry one. */
  readonly serviceRole:
    | { readonly serviceToken: ServiceToken | undefined }
    | { readonly client: Base44Client }
    | { readonly broker: BrokerOptions };
  /** The settings for incoming requests. Absent if nothing is read from them. */
  readonly request: RequestSettings | undefined;
  readonly useEnvironmentProxy: boolean;
  readonly cache: CacheSettings | false;
  readonly resilience: ResilienceSettings;
  readonly verifyOnBootstrap: VerifyOnBootstrap;
}

/** @internal */
export interface RequestSettings {
  readonly base44Headers: boolean;
  readonly base44Cookie: boolean;
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

/**
 * The settings for `cache: false`: an entry expires as soon as its waiters receive it.
 *
 * @internal
 */
export const CACHE_DISABLED: CacheSettings = {
  ttlMs: 0,
  negativeTtlMs: 0,
  staleIfErrorMs: 0,
  maxEntries: 1,
  shared: undefined,
};

/** @internal */
export interface SharedStoreSettings {
  readonly store: ConnectorsStore;
  /** Keys of 32 bytes, in base64. The first key encrypts, and all keys decrypt. */
  readonly encryptionKeys: readonly string[];
  readonly lease: ConnectorsLease | undefined;
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
