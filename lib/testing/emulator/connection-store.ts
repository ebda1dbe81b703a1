import { randomBytes } from 'node:crypto';
import type { EmulatedAppUser } from './app-users.js';
import {
  assertIdentifier,
  identifierOf,
  isForAppUsers,
  type EmulatedConnector,
} from './emulated-connector.js';

/**
 * What a connector is connected with. Everything may be left out.
 *
 * @publicApi
 */
export interface EmulatedConnection {
  /** @default a random token */
  readonly accessToken?: string | undefined;
  /** @default the integration type or the connector's id */
  readonly integrationType?: string | undefined;
  /** @default null */
  readonly connectionConfig?: Readonly<Record<string, string>> | null | undefined;
  /** Seconds; answered as `expires_in`, which Base44 does not do today. */
  readonly expiresIn?: number | undefined;
  /** Answered as `expires_at`, untouched, which Base44 does not do today. */
  readonly expiresAt?: string | number | undefined;
}

/**
 * A connection with its defaults filled in.
 *
 * @publicApi
 */
export interface ConnectedConnector extends EmulatedConnection {
  readonly accessToken: string;
  readonly integrationType: string;
  readonly connectionConfig: Readonly<Record<string, string>> | null;
}

type UserId = Pick<EmulatedAppUser, 'id'>;

/** The connections of the emulated app. */
export class ConnectionStore {
  readonly #connections = new Map<string, ConnectedConnector>();

  connect(
    connector: EmulatedConnector,
    connection: EmulatedConnection,
    user?: UserId,
  ): ConnectedConnector {
    const connected = withDefaults(identifierOf(connector), connection);
    this.#connections.set(keyOf(connector, user), connected);
    return connected;
  }

  /** Whether there was a connection to end. */
  disconnect(connector: EmulatedConnector, user?: UserId): boolean {
    return this.#connections.delete(keyOf(connector, user));
  }

  find(connector: EmulatedConnector, user?: UserId): ConnectedConnector | undefined {
    return this.#connections.get(keyOf(connector, user));
  }
}

function withDefaults(identifier: string, connection: EmulatedConnection): ConnectedConnector {
  return Object.freeze({
    ...connection,
    accessToken: connection.accessToken ?? `emulated-${randomBytes(16).toString('hex')}`,
    integrationType: connection.integrationType ?? identifier,
    connectionConfig: connection.connectionConfig ?? null,
  });
}

function keyOf(connector: EmulatedConnector, user: UserId | undefined): string {
  const identifier = assertIdentifier(identifierOf(connector));
  if (isForAppUsers(connector) !== (user !== undefined)) {
    throw new TypeError('An app-user connector, and no other, is connected for an app user.');
  }
  const kind = typeof connector === 'string' ? 'type' : 'workspace';
  return JSON.stringify([user ? 'user' : kind, identifier, user?.id]);
}
