import type { InFlightRequest } from './in-flight-request.js';

/**
 * The requests that are on their way, one for each key at most that may be joined.
 *
 * @internal
 */
export class InFlightRequests {
  readonly #byKey = new Map<string, InFlightRequest>();

  get keys(): string[] {
    return [...this.#byKey.keys()];
  }

  /** The flight to join: none that was invalidated, be it by another process. */
  underWay(key: string, epoch: string | undefined): InFlightRequest | undefined {
    const flight = this.#byKey.get(key);
    if (flight !== undefined && flight.plan.epoch !== epoch) flight.isObsolete = true;
    return flight?.isObsolete ? undefined : flight;
  }

  begin(flight: InFlightRequest): void {
    this.#byKey.set(flight.plan.order.key, flight);
  }

  end(flight: InFlightRequest): void {
    const { key } = flight.plan.order;
    if (this.#byKey.get(key) === flight) this.#byKey.delete(key);
  }

  /** Those who wait for it get what it brings, and nobody else. */
  abandon(key: string): void {
    const flight = this.#byKey.get(key);
    if (flight === undefined) return;
    flight.isObsolete = true;
    this.#byKey.delete(key);
  }
}
