import { randomUUID } from 'node:crypto';
import { AppUsers } from './app-users.js';
import { ConnectionStore, type EmulatedConnection } from './connection-store.js';
import type { Meter } from './metered-call.js';

/** A user's connection that awaits approval on the consent page. */
export interface Consent {
  readonly connectorId: string;
  readonly userId: string;
}

/** Everything the emulated app knows: what the scripting changes and the routes read. */
export class EmulatorState {
  readonly users = new AppUsers();
  readonly connections = new ConnectionStore();
  readonly meters = new Map<string, Meter>();
  readonly consents = new Map<string, Consent>();
  readonly consentPresets = new Map<string, EmulatedConnection>();
  credits = Number.POSITIVE_INFINITY;
  url = '';

  constructor(
    readonly appId: string,
    public serviceToken: string = newServiceToken(),
  ) {}

  rotateServiceToken(): string {
    this.serviceToken = newServiceToken();
    return this.serviceToken;
  }
}

function newServiceToken(): string {
  return `emulated-service-token-${randomUUID()}`;
}
