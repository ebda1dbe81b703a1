import { exitRequestContext } from '../../identity/current-request.js';
import type { ConnectorsLease } from '../../interfaces/cache-options.interface.js';
import { CircuitBreaker, CircuitOpenError } from '../../resilience/circuit-breaker.js';
import { withinDeadline } from '../../resilience/deadline.js';
import type { ResilientStore } from './resilient.store.js';

/** The time after a failure in which the lease is not used. */
const UNUSED_MS = 1_000;

interface ResilientLeaseParts {
  readonly lease: ConnectorsLease;
  readonly store: ResilientStore;
  readonly deadlineMs: number;
}

/**
 * Wraps a lease that may be down, slow or hung. No call takes longer than its deadline or rejects, and
 * each outage logs one warning.
 *
 * @internal
 */
export class ResilientLease {
  readonly #parts: ResilientLeaseParts;
  readonly #breaker = new CircuitBreaker({ failureThreshold: 1, halfOpenAfterMs: UNUSED_MS });
  #hasWarned = false;

  constructor(parts: ResilientLeaseParts) {
    this.#parts = parts;
  }

  /** Acquires the lease. Returns `undefined` when it fails or does not respond in time. */
  async acquire(name: string, holder: string, ttlMs: number): Promise<boolean | undefined> {
    const { lease } = this.#parts;
    return this.#call(async (signal) => {
      const isAcquired = await lease.acquire(name, holder, ttlMs);
      // The caller has gone on without the lease, so a late one has no holder.
      if (isAcquired && signal.aborted) await lease.release(name, holder);
      return isAcquired;
    });
  }

  /** Releases the lease. A lease that cannot be released ends by itself. */
  async release(name: string, holder: string): Promise<void> {
    await this.#call(() => this.#parts.lease.release(name, holder));
  }

  /** Calls the lease outside of requests, because a connection that it opens may outlive them. */
  async #call<T>(send: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    const { deadlineMs } = this.#parts;
    const onDeadline = (): Error => new Error('deadline');
    try {
      const response = await this.#breaker.execute({
        work: () => exitRequestContext(() => withinDeadline({ deadlineMs, onDeadline }, send)),
        judge: (outcome) => ('error' in outcome ? 'failure' : 'success'),
      });
      this.#hasWarned = false;
      return response;
    } catch (error) {
      if (!(error instanceof CircuitOpenError)) void this.#warnOnce();
      return undefined;
    }
  }

  /** Warns, unless the store has failed too and warns itself. The error may hold a password of Redis. */
  async #warnOnce(): Promise<void> {
    const { store } = this.#parts;
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    await store.probe();
    if (!store.isUp || store.isClosed) return;
    store.warn(
      'The lease of the shared store fails or does not respond in time. ' +
        'Until it recovers, processes may request the same connection at the same time.',
    );
  }
}
