import { isAppUserConnector } from '../../../common/connector-ref.formatter.js';
import { randomBytes } from 'node:crypto';
import type { EmulatedAppUser } from './app-user.registry.js';
import { assertIdentifier, getIdentifier, type EmulatedConnector } from './emulated-connector.js';

/**
 * The connection of a connector in the emulated app. Every field is optional.
 *
 * @publicApi
 */
export interface EmulatedConnection {
  /**
   * The access token.
   *
   * @default a random token
   */
  readonly accessToken?: string | undefined;
  /**
   * The integration type in the response.
   *
   * @default the integration type or the connector's id
   */
  readonly integrationType?: string | undefined;
  /**
   * The values for the URLs of the provider's API. `null` is sent as `null`.
   *
   * @default the response has no `connection_config`
   */
  readonly connectionConfig?: Readonly<Record<string, string>> | null | undefined;
  /** The value of `expires_in`, in seconds. Base44 sends no expiry today. */
  readonly expiresIn?: number | undefined;
  /** The value of `expires_at`, sent unchanged. Base44 sends no expiry today. */
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
    const connected = withDefaults(getIdentifier(connector), connection);
    this.#connections.set(toKey(connector, user), connected);
    return connected;
  }

  /** @returns whether the connector was connected */
  disconnect(connector: EmulatedConnector, user?: UserId): boolean {
    return this.#connections.delete(toKey(connector, user));
  }

  find(connector: EmulatedConnector, user?: UserId): ConnectedConnector | undefined {
    return this.#connections.get(toKey(connector, user));
  }
}

function withDefaults(identifier: string, connection: EmulatedConnection): ConnectedConnector {
  return Object.freeze({
    ...connection,
    accessToken: connection.accessToken ?? `emulated-${randomBytes(16).toString('hex')}`,
    integrationType: connection.integrationType ?? identifier,
  });
}

function toKey(connector: EmulatedConnector, user: UserId | undefined): string {
  const identifier = assertIdentifier(getIdentifier(connector));
  if (isAppUserConnector(connector) !== (user !== undefined)) {
    throw new TypeError('An appUserConnector requires an app user; other connectors accept none.');
  }
  const kind = typeof connector === 'string' ? 'type' : 'workspace';
  return JSON.stringify([user ? 'user' : kind, identifier, user?.id]);
}
