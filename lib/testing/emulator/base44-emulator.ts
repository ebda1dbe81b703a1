import type { Base44EmulatorOptions } from './base44-emulator.options.js';
import { EMULATOR_DEFAULTS } from './emulator.defaults.js';
import { EmulatorServer } from './emulator.server.js';
import type { Fault } from './faults/fault.interface.js';
import type { RecordedRequest } from './http/recorded-request.js';
import { RequestHandler } from './request.handler.js';
import type { EmulatedAppUser } from './state/app-user.registry.js';
import type { ConnectedConnector, EmulatedConnection } from './state/connection.store.js';
import { assertIdentifier, type EmulatedConnector } from './state/emulated-connector.js';
import { EmulatorState } from './state/emulator-state.js';
import { createMeter, type MeterOptions } from './state/meter.js';

/**
 * Emulates Base44's connectors API for one app, as a real HTTP server on 127.0.0.1.
 *
 * It responds as Base44 does, including errors. Tests script the connections and the faults.
 *
 * If Base44's documentation does not describe a case, it responds as Base44's own emulation does:
 * - 401 to another app's id in the path or in `X-App-Id`
 * - 404 to a metered call of a connector that is not metered
 * - 404 to a user who connects a connector that is not registered
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
    const { appId = EMULATOR_DEFAULTS.appId, serviceToken, port = 0, onResponse } = options;
    const state = new EmulatorState(assertIdentifier(appId), serviceToken);
    const handler = new RequestHandler(state, onResponse);
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

  /**
   * Signs in a user of the app. Each further call for the same user adds another valid token.
   *
   * @param token - the session token; by default a new one with the shape of a Base44 JWT
   * @throws `TypeError` if the token cannot be sent in a header
   */
  addAppUser(id: string, token?: string): EmulatedAppUser {
    return this.#state.users.add(id, this.appId, token);
  }

  /**
   * Connects a connector, or replaces its connection. An `appUserConnector` is also registered.
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
    const connected = this.#state.connections.connect(connector, connection, user);
    if (typeof connector !== 'string' && 'appUserConnector' in connector) {
      this.register(connector.appUserConnector, connection.integrationType);
    }
    return connected;
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
   * Registers a connector that users of the app can connect, as a workspace does in its settings.
   * `connect` and `presetConsent` register it too, and `disconnect` does not undo it.
   *
   * @param integrationType - the provider that the consent page names, and the default `integrationType` of
   *   the connection that an approval creates
   * @throws `TypeError` if the identifier is malformed
   */
  register(connectorId: string, integrationType?: string): void {
    this.#state.consents.register(assertIdentifier(connectorId), integrationType);
  }

  /**
   * Presets the connection that is created when a user approves on the consent page, and registers the
   * connector.
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
