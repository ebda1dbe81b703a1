import { EmulatorServer } from './emulator.server.js';
import type { Fault } from './faults/fault.interface.js';
import type { RecordedRequest } from './http/recorded-request.js';
import { RequestHandler } from './request.handler.js';
import type { EmulatedAppUser } from './state/app-user.registry.js';
import type { ConnectedConnector, EmulatedConnection } from './state/connection.store.js';
import { assertIdentifier, type EmulatedConnector } from './state/emulated-connector.js';
import { EmulatorState } from './state/emulator-state.js';
import { createMeter, type MeterOptions } from './state/meter.js';

const DEFAULT_APP_ID = '64b0c0ffee0000000000ba44';

/**
 * The options of `Base44Emulator.start()`.
 *
 * @publicApi
 */
export interface Base44EmulatorOptions {
  /**
   * The id of the emulated app.
   *
   * @default '64b0c0ffee0000000000ba44'
   */
  readonly appId?: string | undefined;
  /**
   * The valid service token.
   *
   * @default a random token
   */
  readonly serviceToken?: string | undefined;
  /**
   * The port on 127.0.0.1.
   *
   * @default a free port
   */
  readonly port?: number | undefined;
}

/**
 * Emulates Base44's connectors API for one app, as a real HTTP server on 127.0.0.1.
 *
 * It responds as Base44 does, including errors. Tests script the connections and the faults.
 *
 * Base44's behaviour is not documented in three cases. The emulator responds with 404 to another
 * app's id in the path or in `X-App-Id`. It responds with 400 to a metered call of a connector that is
 * not metered. It initiates a connection for every well-formed id of an app-user connector.
 *
 * It rejects WebSocket upgrades and does not record them.
 *
 * @example
 * const base44 = await Base44Emulator.start();
 * base44.connect('slack', { accessToken: 'xoxb-1' });
 * base44.fault({ respond: faults.status(503), times: 2, match: 'slack' });
 *
 * const module = await Test.createTestingModule({
 *   imports: [
 *     ConnectorsModule.forRoot({
 *       serverUrl: base44.url,
 *       appId: base44.appId,
 *       serviceToken: base44.serviceToken,
 *     }),
 *   ],
 * }).compile();
 *
 * await base44.close();
 *
 * @publicApi
 */
export class Base44Emulator {
  readonly #server: EmulatorServer;
  readonly #handler: RequestHandler;
  readonly #state: EmulatorState;

  private constructor(server: EmulatorServer, handler: RequestHandler, state: EmulatorState) {
    this.#server = server;
    this.#handler = handler;
    this.#state = state;
    this.#state.url = server.url;
  }

  /**
   * Starts an emulator. It accepts requests as soon as the promise resolves.
   *
   * @throws `TypeError` if the app id is malformed
   * @throws the error of Node.js if the port is not available
   */
  static async start(options: Base44EmulatorOptions = {}): Promise<Base44Emulator> {
    const { appId = DEFAULT_APP_ID, serviceToken, port = 0 } = options;
    const state = new EmulatorState(assertIdentifier(appId), serviceToken);
    const handler = new RequestHandler(state);
    const server = await EmulatorServer.listen(handler.handle, port);
    return new Base44Emulator(server, handler, state);
  }

  /** The `serverUrl` for `ConnectorsModule`: `http://127.0.0.1:PORT`. */
  get url(): string {
    return this.#server.url;
  }

  /** The id of the emulated app. */
  get appId(): string {
    return this.#state.appId;
  }

  /** The valid service token. */
  get serviceToken(): string {
    return this.#state.serviceToken;
  }

  /** Replaces the service token and returns the new one. The emulator rejects the old one from now on. */
  rotateServiceToken(): string {
    return this.#state.rotateServiceToken();
  }

  /** Signs in a user of the app. Each further call for the same user returns another valid token. */
  addAppUser(id: string): EmulatedAppUser {
    return this.#state.users.add(id, this.appId);
  }

  /**
   * Connects a connector, or replaces its connection.
   *
   * @param user - the owner of the connection; required for an `appUserConnector`, not accepted for others
   * @returns the connection with its defaults filled in
   * @throws `TypeError` if the identifier is malformed, the user is missing, or the user is not accepted
   */
  connect(
    connector: EmulatedConnector,
    connection: EmulatedConnection = {},
    user?: EmulatedAppUser,
  ): ConnectedConnector {
    return this.#state.connections.connect(connector, connection, user);
  }

  /**
   * Disconnects a connector, metered or not. Does nothing if it is not connected.
   *
   * @throws `TypeError` if the identifier is malformed, the user is missing, or the user is not accepted
   */
  disconnect(connector: EmulatedConnector, user?: EmulatedAppUser): void {
    this.#state.connections.disconnect(connector, user);
    if (typeof connector === 'string') this.#state.meters.delete(connector);
  }

  /**
   * Presets the connection that is created when a user approves on the consent page.
   *
   * @param user - the user to preset it for; without one, it applies to all users without their own preset
   * @throws `TypeError` if the identifier is malformed
   */
  presetConsent(connectorId: string, connection: EmulatedConnection, user?: EmulatedAppUser): void {
    this.#state.consents.preset(assertIdentifier(connectorId), connection, user?.id);
  }

  /**
   * Connects an integration type as metered: it has no token and is called through the proxy.
   *
   * @throws `TypeError` if the identifier is malformed
   */
  meter(integrationType: string, options: MeterOptions = {}): void {
    this.#state.meters.set(assertIdentifier(integrationType), createMeter(options));
  }

  /**
   * The remaining integration credits. The emulator responds with 402 to a metered call that they do not cover.
   *
   * @default Infinity
   */
  get credits(): number {
    return this.#state.credits;
  }

  set credits(credits: number) {
    this.#state.credits = credits;
  }

  /** Scripts a fault for the next requests. */
  fault(fault: Fault): void {
    this.#handler.faults.add(fault);
  }

  /** All requests since the start or the last `clear()`, in the order of arrival. */
  get requests(): readonly RecordedRequest[] {
    return this.#handler.requests;
  }

  /** Removes the recorded requests and the scripted faults, but no connections. */
  clear(): void {
    this.#handler.clear();
  }

  /** Stops the server and cuts every connection. Further calls do nothing. */
  close(): Promise<void> {
    return this.#server.close();
  }

  /** Closes the emulator, so that `await using` works. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
