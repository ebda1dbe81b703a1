import { type DynamicModule, Module } from '@nestjs/common';
import { ConnectorsModule } from '../connectors.module.js';
import type { ConnectorsModuleExtras } from '../interfaces/connectors-module-extras.interface.js';
import type { ConnectorsModuleOptions } from '../interfaces/connectors-module-options.interface.js';
import {
  FixedConnectionsClient,
  type FixedConnectionsOptions,
} from './fixed-connections.client.js';

/**
 * The options of `ConnectorsTestingModule.forRoot()`.
 *
 * @publicApi
 */
export type ConnectorsTestingOptions = TestingConnections &
  Pick<ConnectorsModuleExtras, 'isGlobal' | 'name' | 'exceptionFilter'>;

type TestingConnections = FixedConnectionsOptions & Pick<ConnectorsModuleOptions, 'request'>;

/** The default of `request`. Applications with `appUserRoutes` require `appUserToken`. */
const ANONYMOUS: ConnectorsModuleOptions['request'] = { appUserToken: () => undefined };

/**
 * Provides `ConnectorsModule` to tests, with fixed tokens and without a network.
 * A connector that is not listed is not connected.
 *
 * @example
 * // One module of the application:
 * const module = await Test.createTestingModule({
 *   imports: [CalendarModule, ConnectorsTestingModule.withTokens({ slack: 'xoxb-test' })],
 * }).compile();
 *
 * // The whole application, which registers ConnectorsModule itself:
 * const module = await Test.createTestingModule({ imports: [AppModule] })
 *   .overrideProvider(CONNECTORS_MODULE_OPTIONS)
 *   .useValue(ConnectorsTestingModule.options({ tokens: { slack: 'xoxb-test' } }))
 *   .compile();
 *
 * @publicApi
 */
@Module({})
export class ConnectorsTestingModule {
  /**
   * Registers the module with the connections of integration types.
   *
   * @param tokens - access tokens, or whole connections, by integration type
   */
  static withTokens(tokens: NonNullable<FixedConnectionsOptions['tokens']>): DynamicModule {
    return this.forRoot({ tokens });
  }

  /** Registers the module with connections of any kind, metered calls, or a name. */
  static forRoot(options: ConnectorsTestingOptions): DynamicModule {
    const { isGlobal, name, exceptionFilter, ...connections } = options;
    return ConnectorsModule.forRoot({
      ...this.options(connections),
      isGlobal,
      name,
      exceptionFilter,
    });
  }

  /**
   * Returns options for `ConnectorsModule`, to override `CONNECTORS_MODULE_OPTIONS` with.
   *
   * Without `request`, no user is signed in.
   */
  static options({ request, ...connections }: TestingConnections): ConnectorsModuleOptions {
    const client = new FixedConnectionsClient(connections);
    return { appId: 'testing', client, request: request ?? ANONYMOUS, cache: false };
  }
}
