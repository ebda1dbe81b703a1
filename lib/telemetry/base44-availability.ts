import { Inject, Injectable } from '@nestjs/common';
import { ConnectorEvents } from './connector-events.js';

/**
 * Knows whether Base44 responds, and emits an event when that changes.
 *
 * @internal
 */
@Injectable()
export class Base44Availability {
  /** The servers and apps whose breaker is open. */
  readonly #unavailable = new Set<string>();
  #since: Date | undefined;

  constructor(@Inject(ConnectorEvents) private readonly events: ConnectorEvents) {}

  /** The time since which Base44 is unavailable. */
  get unavailableSince(): Date | undefined {
    return this.#since;
  }

  /** @param target - the server and the app of the breaker */
  record(target: string, isAvailable: boolean): void {
    if (isAvailable) this.#unavailable.delete(target);
    else this.#unavailable.add(target);
    const wasAvailable = this.#since === undefined;
    const isAllAvailable = this.#unavailable.size === 0;
    if (wasAvailable === isAllAvailable) return;
    this.#since = isAllAvailable ? undefined : new Date();
    this.events.emit({ type: isAllAvailable ? 'base44_available' : 'base44_unavailable' });
  }
}
