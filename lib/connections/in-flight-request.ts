import type { ConnectorConnection } from '../interfaces/connector-connection.interface.js';
import type { ConnectionRequest } from './connection-request.js';

/**
 * What a flight is for.
 *
 * @internal
 */
export interface FlightPlan {
  readonly order: ConnectionRequest;
  /** Asks Base44 also when another process knows. */
  readonly fresh: boolean;
  /** Which invalidation in other processes it follows. */
  readonly epoch: string | undefined;
}

/**
 * A request on its way, shared by all who wait for it. It is given up when the
 * last of them has left.
 *
 * @internal
 */
export class InFlightRequest {
  readonly #promise: Promise<ConnectorConnection>;
  readonly #abandoned = new AbortController();
  #waiting = 0;

  /** It was invalidated meanwhile, or given up: those who wait get what it brings, and nobody else. */
  isObsolete = false;

  constructor(
    readonly plan: FlightPlan,
    run: (flight: InFlightRequest, signal: AbortSignal) => Promise<ConnectorConnection>,
  ) {
    this.#promise = run(this, this.#abandoned.signal);
    // Those who wait hear of a failure; when they have all left, nobody needs to.
    this.#promise.catch(() => undefined);
  }

  /**
   * @param signal - ends the wait of this caller alone
   */
  join(signal?: AbortSignal): Promise<ConnectorConnection> {
    this.#waiting += 1;
    return signal === undefined ? this.#promise : this.#joinUntil(signal);
  }

  async #joinUntil(signal: AbortSignal): Promise<ConnectorConnection> {
    if (signal.aborted) {
      this.#leave();
      throw signal.reason;
    }
    let onAbort = (): void => undefined;
    const aborted = new Promise<never>((_, reject) => {
      onAbort = () => {
        reject(signal.reason as Error);
        this.#leave();
      };
      signal.addEventListener('abort', onAbort, { once: true });
    });
    try {
      return await Promise.race([this.#promise, aborted]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  #leave(): void {
    this.#waiting -= 1;
    if (this.#waiting > 0) return;
    this.isObsolete = true;
    this.#abandoned.abort();
  }
}
