import { randomUUID } from 'node:crypto';
import { AppUserRegistry } from './app-user.registry.js';
import { ConnectionStore } from './connection.store.js';
import { ConsentRegistry } from './consent.registry.js';
import type { Meter } from './meter.js';

/** The state of the emulated app. Tests change it, and routes read it. */
export class EmulatorState {
  readonly users = new AppUserRegistry();
  readonly connections = new ConnectionStore();
  readonly consents = new ConsentRegistry();
  /** The metered connectors by integration type. */
  readonly meters = new Map<string, Meter>();
  credits = Number.POSITIVE_INFINITY;
  url = '';

  constructor(
    readonly appId: string,
    public serviceToken: string = createServiceToken(),
  ) {}

  rotateServiceToken(): string {
    this.serviceToken = createServiceToken();
    return this.serviceToken;
  }
}

function createServiceToken(): string {
  return `emulated-service-token-${randomUUID()}`;
}
