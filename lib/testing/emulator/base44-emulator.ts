import type { EmulatedAppUser } from './app-users.js';
import type { ConnectedConnector, EmulatedConnection } from './connection-store.js';
import { presetKey } from './consent-page.js';
import { assertIdentifier, type EmulatedConnector } from './emulated-connector.js';
import { EmulatorServer } from './emulator-server.js';
import { EmulatorState } from './emulator-state.js';
import { EmulatorTraffic } from './emulator-traffic.js';
import type { Fault } from './faults/fault.js';
import { meterOf, type MeterOptions } from './metered-call.js';
import type { RecordedRequest } from './recorded-request.js';

export type { EmulatedAppUser } from './app-users.js';
export type { ConnectedConnector, EmulatedConnection } from './connection-store.js';
export type { EmulatedConnector } from './emulated-connector.js';
export type { Fault, FaultResponder } from './faults/fault.js';
export * as faults from './faults/faults.js';
export type {
  MeteredAnswer,
  MeteredProvider,
  MeteredRequest,
  MeterOptions,
} from './metered-call.js';
export type { RecordedRequest } from './recorded-request.js';

const DEFAULT_APP_ID = '64b0c0ffee0000000000ba44';

/**
 * @publicApi
 */
export interface Base44EmulatorOptions {
  /** @default '64b0c0ffee0000000000ba44' */
  readonly appId?: string | undefined;
  /** @default a random token */
  readonly serviceToken?: string | undefined;
  /** @default one that is free */
  readonly port?: number | undefined;
}

/**
 * The connectors API of Base44 for one app, as a real HTTP server on 127.0.0.1.
 *
 * It answers every request as Base44 does, errors included, and a test scripts what
 * the app has connected and what goes wrong. Where Base44's answer is not known: another
 * app's id, in the path or in `X-App-Id`, is a 404, and a metered call to a connector
 * that is not metered a 400. Every well-formed app-user connector can be initiated.
 * WebSocket upgrades are refused and not recorded.
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
  readonly #traffic: EmulatorTraffic;
  readonly #state: EmulatorState;

  private constructor(server: EmulatorServer, traffic: EmulatorTraffic) {
    this.#server = server;
    this.#traffic = traffic;
    this.#state = traffic.state;
    this.#state.url = server.url;
  }

  /**
   * Listens when the promise resolves.
   *
   * @throws `TypeError` when the app id is not well-formed.
   */
  static async start(options: Base44EmulatorOptions = {}): Promise<Base44Emulator> {
    const { appId = DEFAULT_APP_ID, serviceToken, port = 0 } = options;
    const traffic = new EmulatorTraffic(new EmulatorState(assertIdentifier(appId), serviceToken));
    const server = await EmulatorServer.listen(traffic.listener, port);
    return new Base44Emulator(server, traffic);
  }

  /** `http://127.0.0.1:PORT`, the module's `serverUrl`. */
  get url(): string {
    return this.#server.url;
  }

  get appId(): string {
    return this.#state.appId;
  }

  /** The service token that is good at the moment. */
  get serviceToken(): string {
    return this.#state.serviceToken;
  }

  /** From now on the service token is another one, and the old one is refused. */
  rotateServiceToken(): string {
    return this.#state.rotateServiceToken();
  }

  /** Signs a user of the app in; again: with a further token. */
  addAppUser(id: string): EmulatedAppUser {
    return this.#state.users.add(id, this.appId);
  }

  /**
   * Connects a connector, or replaces its connection; what is left out is made up.
   *
   * @param user - Whose connection it is, for an `appUserConnector` and no other.
   * @throws `TypeError` when the identifier is not well-formed, or the user is missing or one too many.
   */
  connect(
    connector: EmulatedConnector,
    connection: EmulatedConnection = {},
    user?: EmulatedAppUser,
  ): ConnectedConnector {
    return this.#state.connections.connect(connector, connection, user);
  }

  /** Ends a connection, metered ones included. Without one it does nothing. */
  disconnect(connector: EmulatedConnector, user?: EmulatedAppUser): void {
    this.#state.connections.disconnect(connector, user);
    if (typeof connector === 'string') this.#state.meters.delete(connector);
  }

  /**
   * What users get who approve on the consent page of an app-user connector.
   *
   * @param user - whom it is for; left out: whoever has none of their own
   */
  presetConsent(connectorId: string, connection: EmulatedConnection, user?: EmulatedAppUser): void {
    const id = assertIdentifier(connectorId);
    this.#state.consentPresets.set(presetKey(id, user?.id), connection);
  }

  /** Connects an integration type as a metered one: no token, but calls through the proxy. */
  meter(integrationType: string, options: MeterOptions = {}): void {
    this.#state.meters.set(assertIdentifier(integrationType), meterOf(options));
  }

  /**
   * The integration credits left; with too few for a metered call it is answered with a 402.
   *
   * @default Infinity
   */
  get credits(): number {
    return this.#state.credits;
  }

  set credits(credits: number) {
    this.#state.credits = credits;
  }

  /** Scripts a fault for requests to come. */
  fault(fault: Fault): void {
    this.#traffic.faults.add(fault);
  }

  /** Every request since the start or the last `clear()`, in the order of arrival. */
  get requests(): readonly RecordedRequest[] {
    return this.#traffic.requests;
  }

  /** Forgets the recorded requests and the scripted faults; what is connected stays so. */
  clear(): void {
    this.#traffic.clear();
  }

  /** Cuts every connection and stops to listen. Closing again does nothing. */
  close(): Promise<void> {
    return this.#server.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
