import type { Clock } from '../common/clock.js';
import type { ConnectorNotConnectedError } from '../errors/connection.errors.js';
import type {
  ConnectorConnection,
  FetchedConnection,
} from '../interfaces/connector-connection.interface.js';
import type { CacheSettings } from '../options/connectors.options.js';
import { getExpiryMs } from './token-expiry.js';

/** A token that expires within this margin counts as expired, because its call takes time too. */
const EXPIRY_MARGIN_MS = 10_000;

/** The jitter that spreads the renewals of connections that were requested together. */
const TTL_JITTER = 0.1;

/** The part of the time to live after which a connection in use is renewed in the background. */
const REFRESH_AHEAD = 0.8;

/** The minimum delay between a failed renewal and the next one. */
const REFRESH_BACKOFF_MS = 1_000;

/** The tolerance of a comparison, because ages of shared entries depend on another machine's clock. */
const CLOCK_TOLERANCE_MS = 1_000;

/**
 * The state that tells whether another process has invalidated an entry.
 *
 * @internal
 */
export interface Verification {
  /** The epoch of the cache in which the entry was last verified. */
  readonly epoch: number;
  /** The generations that were read before the request to Base44, if the shared store responded. */
  readonly generations: string | undefined;
}

/**
 * A connection in the cache. All times are monotonic milliseconds.
 *
 * @internal
 */
export interface CachedConnection extends Verification {
  readonly connection: ConnectorConnection;
  /** A resolved promise of the connection, shared by all callers. */
  readonly promise: Promise<ConnectorConnection>;
  /** The time of the response of Base44. */
  readonly fetchedAtMs: number;
  /** The time until which the connection is served without a renewal. */
  readonly refreshAtMs: number;
  /** The end of the time to live, or the expiry of the token minus its margin if that is earlier. */
  readonly ttlEndsAtMs: number;
  /** The time until which the connection is served while it is renewed in the background. */
  readonly freshUntilMs: number;
  /** The time until which the connection is served when Base44 fails. */
  readonly usableUntilMs: number;
}

/**
 * The cached fact that a connector is not connected.
 *
 * @internal
 */
export interface NegativeEntry extends Verification {
  readonly error: ConnectorNotConnectedError;
  readonly freshUntilMs: number;
}

/** @internal */
export type CacheEntry = CachedConnection | NegativeEntry;

/**
 * Creates the entry of a connection.
 *
 * @param ageMs - the time since the response of Base44
 * @internal
 */
export function toCacheEntry(
  fetched: FetchedConnection,
  ageMs: number,
  { ttlMs, staleIfErrorMs }: Pick<CacheSettings, 'ttlMs' | 'staleIfErrorMs'>,
  clock: Clock,
): Omit<CachedConnection, keyof Verification> {
  const nowMs = clock.monotonicMs();
  const fetchedAtMs = nowMs - ageMs;
  const jitteredTtlMs = ttlMs * (1 - TTL_JITTER * Math.random());
  const expiresAtMs = nowMs + getExpiryMs(fetched) - clock.wallMs() - EXPIRY_MARGIN_MS;
  const ttlEndsAtMs = Math.min(fetchedAtMs + jitteredTtlMs, expiresAtMs);
  const connection = freeze(fetched);
  return {
    connection,
    promise: Promise.resolve(connection),
    fetchedAtMs,
    refreshAtMs: fetchedAtMs + (ttlEndsAtMs - fetchedAtMs) * REFRESH_AHEAD,
    ttlEndsAtMs,
    freshUntilMs: ttlEndsAtMs,
    usableUntilMs: Math.min(fetchedAtMs + jitteredTtlMs + staleIfErrorMs, expiresAtMs),
  };
}

/**
 * Returns an entry after its renewal failed. The next renewal is delayed. If the failure is
 * transient, the entry is served for as long as it is usable.
 *
 * @internal
 */
export function delayRefresh(
  entry: CachedConnection,
  { nowMs, retryAfterMs, isTransient }: RefreshFailure,
): CachedConnection {
  const freshUntilMs = isTransient ? entry.usableUntilMs : entry.ttlEndsAtMs;
  const refreshAtMs = nowMs + Math.max(REFRESH_BACKOFF_MS, retryAfterMs);
  return { ...entry, refreshAtMs: Math.min(refreshAtMs, freshUntilMs), freshUntilMs };
}

interface RefreshFailure {
  readonly nowMs: number;
  readonly retryAfterMs: number;
  readonly isTransient: boolean;
}

/** @internal */
export function isNegative(entry: CacheEntry): entry is NegativeEntry {
  return 'error' in entry;
}

/** @internal */
export function isFresh(entry: CacheEntry, nowMs: number): boolean {
  return nowMs < entry.freshUntilMs;
}

/** @internal */
export function mustRefresh(entry: CachedConnection, nowMs: number): boolean {
  return nowMs >= entry.refreshAtMs;
}

/** @internal */
export function isUsable(entry: CachedConnection, nowMs: number): boolean {
  return nowMs < entry.usableUntilMs;
}

/**
 * Returns whether one connection certainly comes from an earlier response than the other.
 *
 * @internal
 */
export function isOlder(entry: CachedConnection, other: CachedConnection): boolean {
  return entry.fetchedAtMs < other.fetchedAtMs - CLOCK_TOLERANCE_MS;
}

/** Freezes a connection, because its callers share it. */
function freeze({ accessToken, connectionConfig }: FetchedConnection): ConnectorConnection {
  return Object.freeze({
    accessToken,
    connectionConfig: connectionConfig && Object.freeze({ ...connectionConfig }),
  });
}
