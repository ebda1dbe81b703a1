import type { ConnectorNotConnectedError } from '../errors/connection.errors.js';
import type {
  ConnectorConnection,
  FetchedConnection,
} from '../interfaces/connector-connection.interface.js';
import type { CacheSettings } from '../options/connectors.options.js';
import type { Clock } from '../common/clock.js';
import { getExpiryMs } from './token-expiry.js';

/** A token about to expire is none: the call that it is for takes time, too. */
const EXPIRY_MARGIN_MS = 10_000;

/** So that what was fetched together is not renewed together. */
const TTL_JITTER = 0.1;

/** When its time to live has gone by so far, a connection in use is renewed in the background. */
const REFRESH_AHEAD = 0.8;

/** How long Base44 is left alone after a renewal failed. */
const FAILURE_PAUSE_MS = 1_000;

/** The age of what was shared is told in whole milliseconds, by another clock. */
const CLOCK_TOLERANCE_MS = 1_000;

/**
 * What is remembered of a connection. All times are monotonic milliseconds.
 *
 * @internal
 */
export interface CachedConnection {
  /** An integration type's, for the identity of the options. */
  readonly isPlain: boolean;
  readonly connection: ConnectorConnection;
  /** Resolved already; every caller gets this one. */
  readonly promise: Promise<ConnectorConnection>;
  /** When Base44 gave it. */
  readonly givenAtMs: number;
  /** Until then it is given out, and nothing else happens. */
  readonly refreshAtMs: number;
  /** When its time to live is over, or nearly that of its token. */
  readonly keptUntilMs: number;
  /** Until then it is given out, while it is renewed in the background. */
  readonly freshUntilMs: number;
  /** Until then it is given out if Base44 fails. */
  readonly usableUntilMs: number;
  /** Which invalidation in other processes it is newer than. */
  readonly epoch: string | undefined;
}

/**
 * That a connector is not connected.
 *
 * @internal
 */
export interface NegativeEntry {
  readonly isPlain: boolean;
  readonly promise: undefined;
  readonly error: ConnectorNotConnectedError;
  readonly refreshAtMs: number;
  readonly freshUntilMs: number;
  readonly epoch: string | undefined;
}

/**
 * What a lifetime follows from.
 *
 * @internal
 */
export interface Lifetime extends Pick<CacheSettings, 'ttlMs' | 'staleIfErrorMs'> {
  readonly isPlain: boolean;
  readonly clock: Clock;
  readonly epoch: string | undefined;
  /** How long ago Base44 gave the connection. */
  readonly ageMs?: number | undefined;
}

/** @internal */
export function keep(fetched: FetchedConnection, lifetime: Lifetime): CachedConnection {
  const { isPlain, staleIfErrorMs, clock, epoch, ageMs = 0 } = lifetime;
  const givenAtMs = clock.monotonicMs() - ageMs;
  const ttlMs = lifetime.ttlMs * (1 - TTL_JITTER * Math.random());
  const expiresAtMs = givenAtMs + ageMs + getExpiryMs(fetched) - clock.wallMs() - EXPIRY_MARGIN_MS;
  const keptUntilMs = Math.min(givenAtMs + ttlMs, expiresAtMs);
  const connection = frozen(fetched);
  return {
    isPlain,
    connection,
    promise: Promise.resolve(connection),
    givenAtMs,
    refreshAtMs: givenAtMs + (keptUntilMs - givenAtMs) * REFRESH_AHEAD,
    keptUntilMs,
    freshUntilMs: keptUntilMs,
    usableUntilMs: Math.min(givenAtMs + ttlMs + staleIfErrorMs, expiresAtMs),
    epoch,
  };
}

/** @internal */
export function keepAbsence(
  error: ConnectorNotConnectedError,
  lifetime: Pick<NegativeEntry, 'isPlain' | 'freshUntilMs' | 'epoch'>,
): NegativeEntry {
  return { ...lifetime, promise: undefined, error, refreshAtMs: -Infinity };
}

/**
 * The same connection after a renewal failed: tried again after a pause and, if
 * the failure may pass, given out for as long as it is usable.
 *
 * @internal
 */
export function pauseRefresh(
  kept: CachedConnection,
  { nowMs, retryAtMs, isPassing }: { nowMs: number; retryAtMs: number; isPassing: boolean },
): CachedConnection {
  const freshUntilMs = isPassing ? kept.usableUntilMs : kept.keptUntilMs;
  const refreshAtMs = Math.min(Math.max(nowMs + FAILURE_PAUSE_MS, retryAtMs), freshUntilMs);
  return { ...kept, refreshAtMs, freshUntilMs };
}

/** @internal */
export function isAbsence(kept: CachedConnection | NegativeEntry): kept is NegativeEntry {
  return kept.promise === undefined;
}

/** @internal */
export function isFresh(kept: CachedConnection | NegativeEntry, nowMs: number): boolean {
  return nowMs < kept.freshUntilMs;
}

/** @internal */
export function mustRefresh(kept: CachedConnection | NegativeEntry, nowMs: number): boolean {
  return nowMs >= kept.refreshAtMs;
}

/** @internal */
export function isUsable(kept: CachedConnection, nowMs: number): boolean {
  return nowMs < kept.usableUntilMs;
}

/**
 * Whether one was certainly given before another.
 *
 * @internal
 */
export function isOlder(kept: CachedConnection, other: CachedConnection): boolean {
  return kept.givenAtMs < other.givenAtMs - CLOCK_TOLERANCE_MS;
}

/** Callers share it, so none of them may change it. */
function frozen({ accessToken, connectionConfig }: FetchedConnection): ConnectorConnection {
  return Object.freeze({
    accessToken,
    connectionConfig: connectionConfig && Object.freeze({ ...connectionConfig }),
  });
}
