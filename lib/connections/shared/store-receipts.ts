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

  /**
   * Writes a receipt.
   *
   * @returns whether the store holds the receipt before it too, or `undefined` when it does not respond
   */
  async write(value: string): Promise<boolean | undefined> {
    const { name } = this.#previous;
    if (!(await this.#store.set(name, value, MAX_TIMER_MS))) return undefined;
    [this.#previous, this.#latest] = [this.#latest, { name, value }];
    return this.#isHeld(this.#previous);
  }

  /**
   * Returns whether the store holds the latest receipt, or `undefined` when it does not respond.
   * Reports a loss once.
   */
  check(): Promise<boolean | undefined> {
    return this.#isHeld(this.#latest);
  }

  async #isHeld(receipt: Receipt): Promise<boolean | undefined> {
    const stored = await this.#store.get(receipt.name);
    if (stored === undefined) return undefined;
    const isHeld = stored === receipt.value;
    receipt.value = stored;
    return isHeld;
  }
}

function createReceipt(): Receipt {
  return { name: `receipt:${randomUUID()}`, value: null };
}
