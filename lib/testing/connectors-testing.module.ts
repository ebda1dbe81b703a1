import { type DynamicModule, Module } from '@nestjs/common';
import { ConnectorsModule } from '../connectors.module.js';
import type { ConnectorsModuleExtras } from '../interfaces/connectors-module-extras.interface.js';
import type { ConnectorsModuleOptions } from '../interfaces/connectors-module-options.interface.js';
import { FixedConnections, type FixedConnectionsOptions } from './fixed-connections.js';

/**
 * What `ConnectorsTestingModule` gives to those who ask.
 *
 * @publicApi
 */
export type ConnectorsTestingOptions = ConnectorsTestingConnections &
  Pick<ConnectorsModuleExtras, 'isGlobal' | 'name' | 'exceptionFilter'>;

/**
 * @publicApi
 */
export type ConnectorsTestingConnections = FixedConnectionsOptions &
  Pick<ConnectorsModuleOptions, 'request'>;

/** Applications with `appUserRoutes` must know where users are. */
const NOBODY: ConnectorsModuleOptions['request'] = { appUserToken: () => undefined };

/**
 * `ConnectorsModule` with fixed tokens and no network, for tests. A connector
 * that is not given is not connected.
 *
 * @example
 * // A module of the application, by itself:
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
   * @param tokens - access tokens, or whole connections, by integration type
   */
  static withTokens(tokens: NonNullable<FixedConnectionsOptions['tokens']>): DynamicModule {
    return this.forRoot({ tokens });
  }

  /** What {@link withTokens} does, and the rest: workspace and app-user connectors, metered calls, a name. */
  static forRoot({
    isGlobal,
    name,
    exceptionFilter,
    ...connections
  }: ConnectorsTestingOptions): DynamicModule {
    return ConnectorsModule.forRoot({
      ...this.options(connections),
      isGlobal,
      name,
      exceptionFilter,
    });
  }

  /** The options of a `ConnectorsModule` that gives fixed tokens. Without `request` nobody is signed in. */
  static options({
    request,
    ...connections
  }: ConnectorsTestingConnections): ConnectorsModuleOptions {
    const client = new FixedConnections(connections);
    return { appId: 'testing', client, request: request ?? NOBODY, cache: false };
  }
}
