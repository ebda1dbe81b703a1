import { randomUUID } from 'node:crypto';
import { pause } from '../../resilience/retry.js';
import type { ConnectionRequest } from '../connection-request.js';
import type { ResilientLease } from './resilient.lease.js';
import type { ResilientStore } from './resilient.store.js';
import { parseFailure, type SharedFailures } from './shared-failures.js';
import type { SharedNames } from './shared-names.js';

/** The part of a call's deadline after which a lease ends. */
const LEASES_PER_DEADLINE = 3;

/** A caller waits for a crashed holder and for the next one, so a third of its deadline is left. */
const LEASES_AWAITED = 2;

const MIN_PAUSE_MS = 10;
const MAX_PAUSE_MS = 100;

/** @internal */
export interface RenewalLeaseParts {
  readonly lease: ResilientLease;
  readonly store: ResilientStore;
  readonly names: SharedNames;
  readonly failures: SharedFailures;
}

/** The search of a process that needs a connection. */
interface Search<T> {
  readonly request: ConnectionRequest;
  readonly generations: string;
  /** Returns the connection that the holder of the lease has shared, if there is one. */
  readonly find: () => Promise<T | undefined>;
  /** Ends the search. */
  readonly signal: AbortSignal;
}

interface Wait<T> extends Search<T> {
  readonly lease: string;
  /** The failure that was known at the start. */
  knownFailure?: string | null;
}

/**
 * The turn of this process to request a connection.
 *
 * @internal
 */
export interface Turn {
  /**
   * Ends the turn.
   *
   * @param sharing - settles when the store holds the connection
   */
  readonly release: (sharing?: Promise<void>) => void;
  /** Ends the turn, and shares the status of Base44's response with the waiting processes. */
  readonly fail: (error: unknown) => void;
}

const WITHOUT_LEASE: Turn = { release: () => undefined, fail: () => undefined };

/**
 * Lets one process at a time request a connection, while the others look for it in the shared store.
 * A lease only saves requests: two holders at the same time do no harm.
 *
 * @internal
 */
export class RenewalLease {
  readonly #parts: RenewalLeaseParts;
  readonly #ttlMs: number;
  readonly #releasing = new Set<Promise<void>>();
  #isClosed = false;

  /** @param deadlineMs - the deadline of a call */
  constructor(parts: RenewalLeaseParts, deadlineMs: number) {
    this.#parts = parts;
    this.#ttlMs = Math.ceil(deadlineMs / LEASES_PER_DEADLINE);
  }

  /**
   * Waits until another process shares the connection, or until it is the turn of this process. The
   * turn comes at once if the lease or the store fails.
   *
   * @throws the error of the response that another process received from Base44
   */
  async takeTurn<T>(search: Search<T>): Promise<Turn | { readonly found: T }> {
    const { request, generations, signal } = search;
    const wait = { ...search, lease: this.#parts.names.getLease(request.key, generations) };
    const endsAtMs = performance.now() + LEASES_AWAITED * this.#ttlMs;
    for (let round = 0; this.#canWait(endsAtMs); round += 1) {
      const result = await this.#look(wait);
      if (result !== undefined) return result;
      await pause(getPauseMs(round), signal);
    }
    return WITHOUT_LEASE;
  }

  /** Ends all waits, and waits for the releases in progress. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#releasing);
  }

  #canWait(endsAtMs: number): boolean {
    return performance.now() < endsAtMs && this.#parts.store.isUp && !this.#isClosed;
  }

  /** Looks for a result even with the lease, because its last holder may have shared one just before. */
  async #look<T>(wait: Wait<T>): Promise<Turn | { readonly found: T } | undefined> {
    const turn = await this.#acquire(wait);
    try {
      const [found, failure] = await Promise.all([
        wait.find(),
        this.#parts.failures.read(wait.lease),
      ]);
      wait.signal.throwIfAborted();
      if (found === undefined) throwNewFailure(wait, failure);
      if (found === undefined) return turn;
      turn?.release();
      return { found };
    } catch (error) {
      turn?.release();
      throw error;
    }
  }

  /** Returns `undefined` while another process holds the lease. */
  async #acquire({ lease: name, request }: Wait<unknown>): Promise<Turn | undefined> {
    const { lease, failures } = this.#parts;
    const holder = randomUUID();
    const isAcquired = await lease.acquire(name, holder, this.#ttlMs);
    if (isAcquired === undefined) return WITHOUT_LEASE;
    const release = (sharing = Promise.resolve()): void => {
      this.#track(sharing.then(() => lease.release(name, holder)));
    };
    const fail = (error: unknown): void => {
      release(failures.write(name, error, request));
    };
    return isAcquired ? { release, fail } : undefined;
  }

  #track(releasing: Promise<void>): void {
    this.#releasing.add(releasing);
    void releasing.finally(() => this.#releasing.delete(releasing));
  }
}

/** Throws a failure that was not known at the start of the wait. */
function throwNewFailure(wait: Wait<unknown>, failure: string | null): void {
  if (wait.knownFailure === undefined) wait.knownFailure = failure;
  if (failure === null || failure === wait.knownFailure) return;
  const error = parseFailure(failure, wait.request);
  if (error !== undefined) throw error;
}

/** Returns an exponential pause with jitter, so that waiting processes do not ask the store in step. */
function getPauseMs(round: number): number {
  const ceilingMs = Math.min(MAX_PAUSE_MS, MIN_PAUSE_MS * 2 ** round);
  return ceilingMs * (0.5 + Math.random() / 2);
}
