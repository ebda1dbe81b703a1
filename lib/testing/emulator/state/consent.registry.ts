import { randomBytes } from 'node:crypto';
import type { EmulatedConnection } from './connection.store.js';

/** A user's request to connect an account, before the user approves it. */
export interface Consent {
  readonly connectorId: string;
  readonly userId: string;
}

/** The pending consents, and the connections that approving them creates. */
export class ConsentRegistry {
  readonly #pending = new Map<string, Consent>();
  readonly #presets = new Map<string, EmulatedConnection>();

  /** @returns the id of the pending consent */
  open(consent: Consent): string {
    const id = randomBytes(12).toString('hex');
    this.#pending.set(id, consent);
    return id;
  }

  find(id: string): Consent | undefined {
    return this.#pending.get(id);
  }

  /** Removes a pending consent and returns it, because each consent is approved once. */
  take(id: string): Consent | undefined {
    const consent = this.#pending.get(id);
    this.#pending.delete(id);
    return consent;
  }

  /** Presets the connection for one user, or for all users without a preset of their own. */
  preset(connectorId: string, connection: EmulatedConnection, userId?: string): void {
    this.#presets.set(toKey(connectorId, userId), connection);
  }

  findPreset({ connectorId, userId }: Consent): EmulatedConnection | undefined {
    return this.#presets.get(toKey(connectorId, userId)) ?? this.#presets.get(toKey(connectorId));
  }
}

function toKey(connectorId: string, userId?: string): string {
  return JSON.stringify([connectorId, userId]);
}
