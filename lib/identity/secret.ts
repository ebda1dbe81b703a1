import { inspect } from 'node:util';

const REDACTED = '[secret]';

/**
 * Holds a credential so that printing, inspecting, serialising or cloning what
 * contains it does not show it. `reveal()` is called where a request is built.
 *
 * @internal
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
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
