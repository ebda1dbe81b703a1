import { inspect } from 'node:util';

const REDACTED = '[secret]';

/**
 * Holds a credential, or what contains one, so that printing, inspecting,
 * serialising or cloning its holder does not show it. `reveal()` is called where
 * it is needed.
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
