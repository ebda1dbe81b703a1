import type { Base44Emulator } from 'nestjs-base44-connectors/testing';

/** The tokens that Base44 hands out, by the names that are shown instead of them. */
export class Tokens {
  readonly #names = new Map<string, string>();
  readonly #handedOut = new Map<string, string>();

  constructor(private readonly base44: Base44Emulator) {}

  /** Names of before say nothing any more. */
  clear(): void {
    this.#names.clear();
    this.#handedOut.clear();
  }

  /** From now on Base44 hands out another token of a connector. */
  renew(connector: string, name: string): void {
    const { accessToken } = this.base44.connect(connector);
    this.#names.set(accessToken, name);
    this.#handedOut.set(connector, name);
  }

  /** The name of what Base44 hands out. */
  of(connector: string): string {
    return this.#handedOut.get(connector) ?? 'no token';
  }

  nameIn(authorization = ''): string {
    const token = authorization.replace(/^Bearer /, '');
    if (token === '') return 'no token';
    if (token === this.base44.serviceToken) return 'service token';
    return this.#names.get(token) ?? 'unknown token';
  }
}
