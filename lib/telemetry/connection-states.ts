import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { ConnectorsErrorCode } from '../errors/error-code.js';
import { isConnectorsError } from '../errors/connectors.error.js';
import type { ConnectorState } from '../interfaces/connector-event.interface.js';
import type { Connector } from '../interfaces/connector.interface.js';
import { ConnectorEvents } from './connector-events.js';

/** A limit, because applications may choose connector ids at run time. */
const MAX_CONNECTIONS = 10_000;

/**
 * A connection whose state is known: the connector, and a key that distinguishes apps and users.
 *
 * @internal
 */
export interface KnownConnection {
  readonly connector: Connector;
  readonly stateKey: string;
}

/**
 * The state of a connection.
 *
 * @internal
 */
export interface ConnectionState {
  readonly state: ConnectorState;
  readonly since: Date;
  /** The code of the last error. Absent if the last request succeeded. */
  readonly lastErrorCode?: ConnectorsErrorCode | undefined;
}

interface RecordedState extends ConnectionState {
  /** The token that the provider rejected last. */
  readonly rejectedToken?: string | undefined;
}

/**
 * Knows the states of connections, and emits an event for each transition.
 *
 * @internal
 */
@Injectable()
export class ConnectionStates {
  readonly #states = new LRUCache<string, RecordedState>({ max: MAX_CONNECTIONS });

  constructor(@Inject(ConnectorEvents) private readonly events: ConnectorEvents) {}

  get(stateKey: string): ConnectionState | undefined {
    return this.#states.get(stateKey);
  }

  /**
   * Records that Base44 has a connection.
   *
   * @param fresh - whether the lookup skipped the cache, as a renewal does. The provider may reject this token too.
   */
  recordSuccess(connection: KnownConnection, accessToken: string, fresh: boolean): void {
    const mayBeRejected = fresh || this.#peek(connection)?.rejectedToken === accessToken;
    if (!(mayBeRejected && this.#isRejected(connection))) this.#set(connection, 'connected');
  }

  /** Records that a provider accepted the token. */
  recordAcceptance(connection: KnownConnection): void {
    if (this.#isRejected(connection)) this.#set(connection, 'connected');
  }

  /**
   * Records that a lookup or a call failed.
   *
   * @param sentToken - the last token that the call sent to the provider, if it sent one
   */
  recordFailure(connection: KnownConnection, error: unknown, sentToken?: string): void {
    if (!isConnectorsError(error)) return;
    const { code } = error;
    if (code === 'CONNECTOR_NOT_CONNECTED') this.#set(connection, 'not_connected', code);
    else if (code === 'CONNECTOR_REAUTHORIZATION_REQUIRED') {
      this.#set(connection, 'reauthorization_required', code, sentToken);
    } else if (code !== 'CONNECTOR_METERED') this.#setErrorCode(connection, code);
  }

  #set(
    { connector, stateKey }: KnownConnection,
    state: Exclude<ConnectorState, 'unknown'>,
    lastErrorCode?: ConnectorsErrorCode,
    rejectedToken?: string,
  ): void {
    const previous = this.#states.get(stateKey);
    const previousState = previous?.state ?? 'unknown';
    const isRecovery = previousState === 'reauthorization_required';
    // Users connect and disconnect their own accounts, so only a rejected one is news.
    if (isOfUser(connector) && !isRecovery && state !== 'reauthorization_required') return;
    const isSame = previousState === state;
    const since = isSame && previous !== undefined ? previous.since : new Date();
    // After a recovery, or without an account, nothing about a user's connection is news.
    if (isOfUser(connector) && state !== 'reauthorization_required') this.#states.delete(stateKey);
    else this.#states.set(stateKey, { state, since, lastErrorCode, rejectedToken });
    if (isSame) return;
    this.events.emit({
      type: isRecovery && state === 'connected' ? 'recovered' : state,
      connector: connector.id,
      kind: connector.kind,
      previousState,
      ...(lastErrorCode !== undefined && { errorCode: lastErrorCode }),
    });
  }

  #setErrorCode(
    { connector, stateKey }: KnownConnection,
    lastErrorCode: ConnectorsErrorCode,
  ): void {
    const previous = this.#states.get(stateKey);
    if (previous === undefined && isOfUser(connector)) return;
    const known = previous ?? { state: 'unknown', since: new Date() };
    this.#states.set(stateKey, { ...known, lastErrorCode });
  }

  #isRejected(connection: KnownConnection): boolean {
    return this.#peek(connection)?.state === 'reauthorization_required';
  }

  #peek({ stateKey }: KnownConnection): RecordedState | undefined {
    return this.#states.peek(stateKey);
  }
}

function isOfUser({ kind }: Connector): boolean {
  return kind === 'appUserConnector';
}
