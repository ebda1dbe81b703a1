import { setImmediate } from 'node:timers/promises';
import {
  Base44UnavailableError,
  type Connector,
  ConnectorNotConnectedError,
  type ConnectorsService,
  ServiceRoleRejectedError,
} from 'nestjs-base44-connectors';
import type { FetchedConnection } from '../../lib/interfaces/connector-connection.interface.js';
import type { ManualClock } from '../support/clocks.js';

export const TTL_MS = 10_000;
export const STALE_MS = 20_000;
export const NEGATIVE_MS = 5_000;

export type FailureKind = 'passing' | 'absent' | 'refused';

interface Fetch {
  readonly connector: string;
  readonly beganAt: number;
  readonly signal: AbortSignal;
  readonly answer: (connection: FetchedConnection) => void;
  readonly fail: (error: Error) => void;
  /** Set by the response. */
  respondedAtMs?: number;
  expiresAtMs?: number;
  failedAt?: number;
  failedInTick?: number;
  failedAtMs?: number;
  failure?: FailureKind;
}

interface Call {
  readonly connector: string;
  readonly beganAt: number;
  readonly beganAtMs: number;
  readonly tick: number;
  readonly newerThan: number;
  readonly fresh: boolean;
  readonly abort: AbortController;
  readonly promise: Promise<void>;
  isSettled: boolean;
}

/** Runs the resolver against a Base44 in memory, and checks what must never happen. */
export class ResolverModel {
  readonly violations: string[] = [];
  readonly #calls: Call[] = [];
  readonly #fetches: Fetch[] = [];
  readonly #fetchByResult = new Map<unknown, Fetch>();
  readonly #invalidatedAt = new Map<string, number>();
  #step = 0;
  #tick = 0;

  constructor(
    private readonly clock: ManualClock,
    private readonly connectors: ConnectorsService,
  ) {}

  /** Implements the client. */
  fetchConnection({ id }: Connector, signal: AbortSignal): Promise<FetchedConnection> {
    const since = this.#invalidatedAt.get(id) ?? 0;
    const others = this.#pendingFetches().filter(
      ({ connector, beganAt }) => connector === id && beganAt > since,
    );
    if (others.length > 0)
      this.violations.push(`${others.length + 1} requests in flight for ${id}`);
    return new Promise((answer, fail) => {
      const fetch = { connector: id, beganAt: ++this.#step, signal, answer, fail };
      this.#fetches.push(fetch);
    });
  }

  call(connector: string, fresh: boolean): void {
    const abort = new AbortController();
    const { signal } = abort;
    const began = { beganAt: ++this.#step, beganAtMs: this.clock.monotonicMs(), tick: this.#tick };
    const newerThan = this.#invalidatedAt.get(connector) ?? 0;
    const asked = this.connectors.getConnection(connector, { signal, fresh });
    const promise = asked.then(
      ({ accessToken }) => {
        call.isSettled = true;
        this.#checkToken(call, accessToken);
      },
      (error: unknown) => {
        call.isSettled = true;
        this.#checkFailure(call, error);
      },
    );
    const call: Call = { connector, ...began, newerThan, fresh, abort, promise, isSettled: false };
    this.#calls.push(call);
  }

  abort(pick: number): void {
    const waiting = this.#calls.filter(({ isSettled }) => !isSettled);
    const call = waiting[pick % waiting.length];
    call?.abort.abort(call);
  }

  invalidate(connectors: readonly string[], connector?: string): void {
    this.#step += 1;
    for (const name of connector === undefined ? connectors : [connector]) {
      this.#invalidatedAt.set(name, this.#step);
    }
    void this.connectors.invalidate(connector);
  }

  answer(pick: number, lifeMs: number | undefined): void {
    const fetch = this.#pick(pick);
    if (fetch === undefined) return;
    fetch.respondedAtMs = this.clock.monotonicMs();
    fetch.expiresAtMs = fetch.respondedAtMs + (lifeMs ?? Infinity);
    const accessToken = `token-${fetch.beganAt}`;
    this.#fetchByResult.set(accessToken, fetch);
    const expiresAtMs = lifeMs === undefined ? undefined : this.clock.wallMs() + lifeMs;
    fetch.answer({ accessToken, connectionConfig: null, expiresAtMs });
  }

  fail(pick: number, failure: FailureKind): void {
    const fetch = this.#pick(pick);
    if (fetch === undefined) return;
    const failed = { failure, failedAt: ++this.#step, failedInTick: this.#tick };
    Object.assign(fetch, { ...failed, failedAtMs: this.clock.monotonicMs() });
    const error = createError(failure, fetch.connector);
    Object.assign(error, { fetch });
    fetch.fail(error);
  }

  /** Runs everything that is due. */
  async settle(): Promise<void> {
    await setImmediate();
    this.#tick += 1;
  }

  async advance(ms: number): Promise<void> {
    await this.settle();
    this.clock.advance(ms);
  }

  /** Responds to all open requests. Then no caller may still wait. */
  async finish(): Promise<void> {
    for (let round = 0; round < 5; round += 1) {
      while (this.#pendingFetches().length > 0) this.answer(0, undefined);
      await this.settle();
    }
    const waiting = this.#calls.filter(({ isSettled }) => !isSettled);
    if (waiting.length > 0) this.violations.push(`${waiting.length} callers still wait`);
  }

  #checkToken(call: Call, accessToken: string): void {
    const fetch = this.#fetchByResult.get(accessToken)!;
    const { connector, beganAt, respondedAtMs = NaN, expiresAtMs = NaN } = fetch;
    if (connector !== call.connector) this.violations.push(`${connector} for ${call.connector}`);
    if (beganAt <= call.newerThan) this.violations.push('older than the last invalidation');
    const nowMs = this.clock.monotonicMs();
    if (respondedAtMs >= call.beganAtMs && nowMs === respondedAtMs) return;
    if (call.fresh) this.violations.push('cached, although the caller wanted a fresh one');
    if (nowMs >= expiresAtMs) this.violations.push('expired');
    const ageMs = nowMs - respondedAtMs;
    if (ageMs >= TTL_MS && this.#lastFailure(fetch) !== 'passing') this.violations.push('stale');
    if (ageMs >= TTL_MS + STALE_MS) this.violations.push('older than staleIfErrorMs');
  }

  /**
   * Returns how the last request failed after this one had its response. Ignores permanent failures
   * of the same instant, because the call may have got its token before them.
   */
  #lastFailure({ connector, respondedAtMs = NaN }: Fetch): FailureKind | undefined {
    const nowMs = this.clock.monotonicMs();
    return this.#fetches
      .filter((other) => other.connector === connector && other.failedAtMs! >= respondedAtMs)
      .filter(({ failure, failedAtMs }) => failure === 'passing' || failedAtMs! < nowMs)
      .sort((a, b) => a.failedAt! - b.failedAt!)
      .at(-1)?.failure;
  }

  #checkFailure(call: Call, error: unknown): void {
    if (error === call) return;
    // Each caller gets a copy of the error, with its fields.
    const { fetch } = error as { fetch?: Fetch };
    if (fetch?.connector !== call.connector) {
      this.violations.push(`failure of another request: ${String(error)}`);
      return;
    }
    if (fetch.beganAt <= call.newerThan) this.violations.push('failed before the invalidation');
    // A request that failed in the tick of the call was still in flight.
    if (fetch.failedInTick! >= call.tick) return;
    const ageMs = call.beganAtMs - fetch.failedAtMs!;
    const isCached = fetch.failure === 'absent' && ageMs < NEGATIVE_MS && !call.fresh;
    if (!isCached) this.violations.push(`cached failure: ${String(error)}`);
  }

  #pick(pick: number): Fetch | undefined {
    const pending = this.#pendingFetches();
    return pending[pick % pending.length];
  }

  #pendingFetches(): Fetch[] {
    return this.#fetches.filter(
      ({ signal, respondedAtMs, failedAtMs }) =>
        !signal.aborted && respondedAtMs === undefined && failedAtMs === undefined,
    );
  }
}

function createError(failure: FailureKind, connector: string): Error {
  if (failure === 'passing') return new Base44UnavailableError({ connector }, 'it failed');
  return failure === 'absent'
    ? new ConnectorNotConnectedError({ appId: 'app1', connector }, 404)
    : new ServiceRoleRejectedError({ appId: 'app1', connector }, 401);
}
