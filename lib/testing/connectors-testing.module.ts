import { type DynamicModule, Module } from '@nestjs/common';
import { ConnectorsModule } from '../connectors.module.js';
import type { ConnectorsModuleExtras } from '../connectors.module-definition.js';
import { FixedConnections, type FixedConnectionsOptions } from './fixed-connections.js';

/**
 * What `ConnectorsTestingModule` gives to those who ask.
 *
 * @publicApi
 */
export type ConnectorsTestingOptions = FixedConnectionsOptions &
  Pick<ConnectorsModuleExtras, 'isGlobal' | 'name' | 'exceptionFilter'>;

/**
 * `ConnectorsModule` with fixed tokens and no network, for tests. A connector
 * that is not given is not connected.
 *
 * @example
 * const app = await Test.createTestingModule({ imports: [AppModule] })
 *   .overrideModule(ConnectorsModule)
 *   .useModule(ConnectorsTestingModule.withTokens({ slack: 'xoxb-test' }))
 *   .compile();
 *
 * @publicApi
 */
@Module({})
export class ConnectorsTestingModule {
  /**
   * @param tokens - access tokens by integration type
   */
  static withTokens(tokens: Readonly<Record<string, string>>): DynamicModule {
    return this.forRoot({ tokens });
  }

  /** Everything that {@link withTokens} leaves out: configuration, workspace connectors, metered calls, names. */
  static forRoot({
    isGlobal,
    name,
    exceptionFilter,
    ...fixed
  }: ConnectorsTestingOptions): DynamicModule {
    return ConnectorsModule.forRoot({
      appId: 'testing',
      client: new FixedConnections(fixed),
      cache: false,
      isGlobal,
      name,
      exceptionFilter,
    });
  }
}
