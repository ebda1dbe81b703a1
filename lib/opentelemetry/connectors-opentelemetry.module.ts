import { type DynamicModule, Module, type OnApplicationShutdown } from '@nestjs/common';
import { subscribeOnce } from './subscription.js';

/**
 * Reports the lookups of connections, the requests to Base44 and the requests to providers to OpenTelemetry.
 * It uses the global providers of `@opentelemetry/api`. Without a registered SDK, it reports nothing.
 *
 * The spans are `connectors.request slack` (to Base44) and `connectors.call slack` (to a provider), with
 * their retries. The spans of HTTP instrumentation are their children. The metrics are:
 *
 * - `base44.connectors.lookups`: the number of lookups, by result
 * - `base44.connectors.request.duration`, `base44.connectors.call.duration`: histograms in seconds
 * - `base44.connectors.events`: the number of connector events, by type
 *
 * No span and no metric contains a token, URL, header or user.
 *
 * @example
 * imports: [ConnectorsModule.forRoot(options), ConnectorsOpenTelemetryModule.register()]
 *
 * @publicApi
 */
@Module({})
export class ConnectorsOpenTelemetryModule implements OnApplicationShutdown {
  // Nest creates modules before their hooks run, so this also traces requests that hooks send.
  readonly #unsubscribe = subscribeOnce();

  /**
   * Registers the module for all `ConnectorsModule` instances of this process. An operation is reported
   * once, although several applications of a process register it.
   */
  static register(): DynamicModule {
    return { module: ConnectorsOpenTelemetryModule };
  }

  /** Ends the reports, if no other application of the process registers the module. */
  onApplicationShutdown(): void {
    this.#unsubscribe();
  }
}
