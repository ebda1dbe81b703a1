import { inspect } from 'node:util';

const REDACTED = '[secret]';

/**
 * Holds a credential, or a value that contains one. Printing, inspecting, serializing or cloning
 * the holder does not show the value; `reveal()` returns it.
 *
 * @internal
 */
export class Secret<T = string> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
