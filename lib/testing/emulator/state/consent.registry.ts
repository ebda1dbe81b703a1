import { randomBytes } from 'node:crypto';
import type { EmulatedConnection } from './connection.store.js';

/** A user's request to connect an account, before the user approves it. */
export interface Consent {
  readonly connectorId: string;
  readonly userId: string;
}

/** The registered connectors, the pending consents, and the connections that approving them creates. */
export class ConsentRegistry {
  /** The integration types by connector id. */
  readonly #registered = new Map<string, string | undefined>();
  readonly #pending = new Map<string, Consent>();
  readonly #presets = new Map<string, EmulatedConnection>();

  /** Registers a connector. Without an integration type, it keeps a type that is already registered. */
  register(connectorId: string, integrationType?: string): void {
    this.#registered.set(connectorId, integrationType ?? this.findIntegrationType(connectorId));
  }

  isRegistered(connectorId: string): boolean {
    return this.#registered.has(connectorId);
  }

  findIntegrationType(connectorId: string): string | undefined {
    return this.#registered.get(connectorId);
  }

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
    this.register(connectorId, connection.integrationType);
    this.#presets.set(toKey(connectorId, userId), connection);
  }

  /** Returns the connection that an approval creates: the preset one, of the registered type by default. */
  toConnection({ connectorId, userId }: Consent): EmulatedConnection {
    const preset =
      this.#presets.get(toKey(connectorId, userId)) ?? this.#presets.get(toKey(connectorId));
    return { integrationType: this.findIntegrationType(connectorId), ...preset };
  }
}

function toKey(connectorId: string, userId?: string): string {
  return JSON.stringify([connectorId, userId]);
}
