import type { ConnectionFlight } from './connection-flight.js';

/**
 * The requests that are on their way, one for each key at most that may be joined.
 *
 * @internal
 */
export class Flights {
  readonly #byKey = new Map<string, ConnectionFlight>();

  get keys(): string[] {
    return [...this.#byKey.keys()];
  }

  /** The flight to join: none that was invalidated, be it by another process. */
  underWay(key: string, epoch: string | undefined): ConnectionFlight | undefined {
    const flight = this.#byKey.get(key);
    if (flight !== undefined && flight.plan.epoch !== epoch) flight.isObsolete = true;
    return flight?.isObsolete ? undefined : flight;
  }

  begin(flight: ConnectionFlight): void {
    this.#byKey.set(flight.plan.order.key, flight);
  }

  end(flight: ConnectionFlight): void {
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
