import { untilAborted } from '../common/abort.js';
import type { ConnectorConnection } from '../interfaces/connector-connection.interface.js';
import type { ConnectionRequest } from './connection-request.js';

/**
 * Sends a request, which is in flight until the promise settles.
 *
 * @internal
 */
export type SendRequest = (
  self: InFlightRequest,
  signal: AbortSignal,
) => Promise<ConnectorConnection>;

/**
 * The state with which a request starts.
 *
 * @internal
 */
export type InFlightState = Pick<InFlightRequest, 'fresh' | 'rejectedToken' | 'epoch'>;

/**
 * A request in flight, shared by its waiters. It aborts when the last waiter leaves.
 *
 * @internal
 */
export class InFlightRequest {
  readonly #promise: Promise<ConnectorConnection>;
  readonly #controller = new AbortController();
  #waiters = 0;
  #isDetached = false;

  /** Whether the request asks Base44 even if another process shares a connection. */
  readonly fresh: boolean;
  /** The token that the provider had rejected before the request started. */
  readonly rejectedToken: string | undefined;
  /** The epoch of the cache in which the request was last verified. */
  epoch: number;
  /** The generations of the shared cache that were current when the request was sent. */
  generations: string | undefined;
  /** Settles when the shared store holds the result. Never rejects. */
  sharing: Promise<void> | undefined;
  /** Whether the shared store vouched for the result, so that Base44 was not asked. */
  isShared = false;
  /** Settles when the present verification ends. */
  verifying: Promise<void> | undefined;

  constructor(
    readonly request: ConnectionRequest,
    { fresh, rejectedToken, epoch }: InFlightState,
    send: SendRequest,
  ) {
    this.fresh = fresh;
    this.rejectedToken = rejectedToken;
    this.epoch = epoch;
    this.#promise = send(this, this.#controller.signal);
    // Without waiters, a rejection would be unhandled.
    this.#promise.catch(() => undefined);
  }

  /** Whether the result goes to the current waiters only, and is not cached. */
  get isDetached(): boolean {
    return this.#isDetached;
  }

  detach(): void {
    this.#isDetached = true;
  }

  /**
   * Waits for the result.
   *
   * @param signal - ends only this caller's wait
   */
  join(signal?: AbortSignal): Promise<ConnectorConnection> {
    this.#waiters += 1;
    return signal === undefined ? this.#promise : this.#joinUntil(signal);
  }

  async #joinUntil(signal: AbortSignal): Promise<ConnectorConnection> {
    const onAbort = (): void => {
      this.#leave();
    };
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort);
    try {
      return await untilAborted(signal, this.#promise);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  #leave(): void {
    this.#waiters -= 1;
    if (this.#waiters > 0) return;
    this.detach();
    this.#controller.abort();
  }
}
