import { randomUUID } from 'node:crypto';
import { MAX_TIMER_MS } from '../../common/clock.js';
import type { ResilientStore } from './resilient.store.js';

interface Receipt {
  readonly name: string;
  value: string | null;
}

/**
 * Values that only this process writes, to notice that the store has lost what it held. There are
 * two in turn, because the latest one may have been written after the loss.
 *
 * @internal
 */
export class StoreReceipts {
  readonly #store: ResilientStore;
  #latest = createReceipt();
  #previous = createReceipt();

  constructor(store: ResilientStore) {
    this.#store = store;
  }

  /** Writes a receipt. Returns whether the store has lost nothing since the receipt before it. */
  async write(value: string): Promise<boolean> {
    const { name } = this.#previous;
    if (!(await this.#store.set(name, value, MAX_TIMER_MS))) return false;
    [this.#previous, this.#latest] = [this.#latest, { name, value }];
    return (await this.#store.get(this.#previous.name)) === this.#previous.value;
  }

  /**
   * Returns whether the store holds the latest receipt. A loss is reported once.
   *
   * @returns `undefined` when the store does not respond
   */
  async check(): Promise<boolean | undefined> {
    const latest = this.#latest;
    const stored = await this.#store.get(latest.name);
    if (stored === undefined) return undefined;
    const isHeld = stored === latest.value;
    latest.value = stored;
    return isHeld;
  }
}

function createReceipt(): Receipt {
  return { name: `receipt:${randomUUID()}`, value: null };
}
