import type { Base44Emulator } from '../emulator/base44-emulator.js';
import type { EmulatedAppUser } from '../emulator/state/app-user.registry.js';
import type { EmulatedConnector } from '../emulator/state/emulated-connector.js';

/**
 * A provider that can reject a token, such as an `EmulatedProvider`.
 *
 * @publicApi
 */
export interface RevocableProvider {
  /** Rejects this token from now on. */
  revoke(accessToken: string): unknown;
}

/**
 * The options of `survives()`.
 *
 * @publicApi
 */
export interface SurvivesOptions {
  /** The emulator that the application requests tokens from. */
  readonly base44: Base44Emulator;
  /** The connector that the request needs. */
  readonly connector: EmulatedConnector;
  /** The user whom the request acts for. Required for an `appUserConnector`. */
  readonly user?: EmulatedAppUser | undefined;
  /**
   * Sends one request to the application, and returns its response: of `fetch`, supertest, axios or Fastify's
   * `inject`. It may also call a service. A result that is not a response counts as a success, and an error as a failure.
   *
   * If the application redirects, configure the client not to follow redirects, so that `leaks()` searches each
   * `Location`.
   *
   * @param signal - aborted when a check gives up; passing it on is optional
   * @example
   * request: () => request(app.getHttpServer()).get('/channels')
   */
  readonly request: (signal: AbortSignal) => PromiseLike<unknown>;
  /** The provider that the application calls. `revocation()` requires it. */
  readonly provider?: RevocableProvider | undefined;
  /**
   * More output of the application that `leaks()` searches, by name: the spans of an exporter, or the lines of
   * a logger that writes to a file.
   *
   * @example
   * also: { spans: () => exporter.getFinishedSpans() }
   */
  readonly also?:
    Readonly<Record<string, () => readonly unknown[] | Promise<readonly unknown[]>>> | undefined;
  /** The `name` that `ConnectorsModule` is registered with. */
  readonly instance?: string | undefined;
  /**
   * The longest time that the application may take to respond, in milliseconds.
   *
   * @default 2 seconds more than the application's `resilience.deadlineMs`
   */
  readonly withinMs?: number | undefined;
}
