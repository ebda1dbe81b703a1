import { LRUCache } from 'lru-cache';
import { sha256 } from '../common/hash.js';
import type { ErrorContext } from '../errors/error-context.interface.js';
import type { SealedToken } from '../interfaces/identity.interface.js';
import { runLocalStep } from './local-step.js';
import { toOutcome, unwrap } from './outcome.js';
import { createRememberedError, type Refusal, toRefusal } from './refusal.js';

const MAX_ENTRIES = 1_000;

/** A timer can fire this much early, and a retry after `Retry-After` must be sent. */
const TIMER_TOLERANCE_MS = 2;

/** The time after the end of an entry in which requests wait for the first one. */
const PROBE_WINDOW_MS = 5_000;

/**
 * A request to Base44 as a service role.
 *
 * @internal
 */
export interface ServiceRoleRequest<T> {
  /** The server, the app and the service token, or other parts that identify the service role. */
  readonly serviceRole: readonly string[];
  readonly userToken: SealedToken | undefined;
  readonly context: ErrorContext;
  readonly signal: AbortSignal;
  readonly send: () => Promise<T>;
}

interface RefusalEntry extends Refusal {
  /** The connector and the user that were refused, or `undefined` if several were. */
  readonly caller: string | undefined;
  readonly startsAtMs: number;
  /** The first request after the end. Other requests wait until it settles. Never rejects. */
  probe?: Promise<void> | undefined;
}

/**
 * Remembers that Base44 limits the request rate or rejects the service token, so that later calls
 * reject with the same error and send nothing. Another service token has no entry.
 *
 * Base44 does not say what a refusal concerns, so an entry first concerns one connector and one user.
 * When another connector or user is refused too, it concerns all callers of the service role.
 *
 * @internal
 */
export class RefusalCache {
  readonly #rejectedMs: number;
  readonly #entries = new LRUCache<string, RefusalEntry>({ max: MAX_ENTRIES });
  /** The time since which a caller ignores earlier refusals. */
  readonly #forgottenAtMs = new LRUCache<string, number>({ max: MAX_ENTRIES });

  /** @param rejectedMs - the time for which a rejected service token is remembered */
  constructor(rejectedMs: number) {
    this.#rejectedMs = rejectedMs;
  }

  /**
   * Sends a request, unless an entry concerns it. After the end of an entry, one request finds out
   * whether Base44 still refuses, and the others wait.
   *
   * @throws the error of the request or of the entry
   */
  async execute<T>(request: ServiceRoleRequest<T>): Promise<T> {
    const { context, signal } = request;
    const role = toKey(request.serviceRole);
    const caller = toCaller(context.connector, request.userToken);
    let entry = this.#getBinding(role, caller);
    while (entry?.probe !== undefined) {
      await waitForProbe(entry, context, signal);
      entry = this.#getBinding(role, caller);
    }
    if (entry === undefined) return this.#send(role, caller, request);
    const remainingMs = getRemainingMs(entry);
    if (remainingMs > TIMER_TOLERANCE_MS) throw createRememberedError(entry, context, remainingMs);
    const sending = this.#send(role, caller, request);
    setProbe(entry, sending);
    return sending;
  }

  /** Lets the next request for a connector and a user ask Base44 again. */
  forget(connector: string, userToken: SealedToken | undefined): void {
    this.#forgottenAtMs.set(toCaller(connector, userToken), performance.now());
  }

  /** Lets all next requests ask Base44 again. */
  clear(): void {
    this.#entries.clear();
  }

  async #send<T>(role: string, caller: string, request: ServiceRoleRequest<T>): Promise<T> {
    const sentAtMs = performance.now();
    const outcome = await toOutcome(request.send);
    const refusal = 'error' in outcome ? toRefusal(outcome.error, this.#rejectedMs) : undefined;
    if (refusal !== undefined) this.#add(role, caller, refusal);
    // An aborted request does not tell whether Base44 still refuses.
    else if (!request.signal.aborted) this.#endEarlier(role, caller, sentAtMs);
    return unwrap(outcome);
  }

  #add(role: string, caller: string, refusal: Refusal): void {
    const earlier = this.#entries.get(role);
    const isOfSeveral = earlier?.code === refusal.code && earlier.caller !== caller;
    const entry = {
      ...refusal,
      caller: isOfSeveral ? undefined : caller,
      startsAtMs: performance.now(),
    };
    this.#entries.set(role, entry, { ttl: refusal.durationMs + PROBE_WINDOW_MS });
  }

  /** Removes the entry, unless it is newer than a request. */
  #endEarlier(role: string, caller: string, sentAtMs: number): void {
    const entry = this.#get(role, caller);
    if (entry !== undefined && entry.startsAtMs < sentAtMs) this.#entries.delete(role);
  }

  /** Returns the entry that concerns a caller, unless the caller wants to ask again. */
  #getBinding(role: string, caller: string): RefusalEntry | undefined {
    const entry = this.#get(role, caller);
    const forgottenAtMs = this.#forgottenAtMs.get(caller) ?? 0;
    return entry !== undefined && entry.startsAtMs > forgottenAtMs ? entry : undefined;
  }

  #get(role: string, caller: string): RefusalEntry | undefined {
    const entry = this.#entries.get(role);
    return entry?.caller === undefined || entry.caller === caller ? entry : undefined;
  }
}

function setProbe(entry: RefusalEntry, sending: Promise<unknown>): void {
  entry.probe = toOutcome(() => sending).then(() => {
    entry.probe = undefined;
  });
}

/** Waits for the probe of another caller. A deadline that passes meanwhile says nothing about Base44. */
async function waitForProbe(
  entry: RefusalEntry,
  context: ErrorContext,
  signal: AbortSignal,
): Promise<void> {
  const onDeadline = (): Error => createRememberedError(entry, context, 0);
  await runLocalStep({ onDeadline, work: async () => entry.probe }, signal);
}

function getRemainingMs({ startsAtMs, durationMs }: RefusalEntry): number {
  return Math.ceil(startsAtMs + durationMs - performance.now());
}

function toCaller(connector: string, userToken: SealedToken | undefined): string {
  return toKey([connector, userToken?.reveal() ?? '']);
}

function toKey(parts: readonly string[]): string {
  return sha256(JSON.stringify(parts), 'base64url');
}
