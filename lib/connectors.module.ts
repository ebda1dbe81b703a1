import { type DynamicModule, Inject, Module, type NestModule } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { ServiceRoleClient } from './base44/service-role.client.js';
import { ConnectorsFeatureModule } from './connectors-feature.module.js';
import {
  type ASYNC_OPTIONS_TYPE,
  ConfigurableModuleClass,
  type OPTIONS_TYPE,
} from './connectors.module-definition.js';
import { providers } from './connectors.providers.js';
import { ConnectorsConfigurationError } from './errors/connectors-configuration.error.js';
import { RequestContext } from './identity/request-context.js';
import type { ConnectorFeature } from './interfaces/connector-feature.interface.js';
import type { ConnectorRef } from './interfaces/connector.interface.js';

/**
 * Registers `ConnectorsService` and what the decorators need.
 *
 * @example
 * ConnectorsModule.forRootAsync({
 *   inject: [ConfigService],
 *   useFactory: (config: ConfigService) => ({
 *     appId: config.getOrThrow('BASE44_APP_ID'),
 *     serviceToken: config.getOrThrow('BASE44_SERVICE_TOKEN'),
 *   }),
 * })
 *
 * @publicApi
 */
@Module({ providers })
export class ConnectorsModule extends ConfigurableModuleClass implements NestModule {
  readonly #requestContext: RequestContext;

  constructor(
    @Inject(ModulesContainer) modules: ModulesContainer,
    @Inject(RequestContext) requestContext: RequestContext,
  ) {
    super();
    this.#requestContext = requestContext;
    const globalTokens = [...modules.values()]
      .filter(({ metatype, isGlobal }) => metatype === ConnectorsModule && isGlobal)
      .flatMap((module) => [...module.exports])
      .filter((token) => token !== ServiceRoleClient);
    if (new Set(globalTokens).size < globalTokens.length) {
      throw new ConnectorsConfigurationError(
        'ConnectorsModule is registered more than once for the whole application. ' +
          "Give every further instance a name: ConnectorsModule.forRoot({ name: 'crm', … }).",
      );
    }
  }

  /** Nest calls this where applications register their middleware. */
  configure(): void {
    this.#requestContext.mountHttp();
  }

  /**
   * @throws `ConnectorsConfigurationError` while the application boots, naming every mistake
   */
  static override forRoot(options: typeof OPTIONS_TYPE): DynamicModule {
    return super.forRoot({ ...options });
  }

  /**
   * Takes the options from a factory (`useFactory` with `inject` and `imports`) or from a
   * `ConnectorsOptionsFactory` (`useClass`, `useExisting`).
   *
   * @throws `ConnectorsConfigurationError` while the application boots, naming every mistake
   */
  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return super.forRootAsync(options);
  }

  /**
   * Registers an `HttpService` for each connector, to be injected by `@InjectConnectorHttp()`, and
   * says how the APIs of connectors are called that `CONNECTORS` does not know. Several modules
   * may name the same connector; they get the same one.
   *
   * @param options - `imports`: where `ConnectorsModule` is registered with `isGlobal: false`, a module that exports it
   * @throws `ConnectorsConfigurationError` at once when something is not well-formed; while the
   * application boots, when a connector is declared in differing ways
   * @example
   * ConnectorsModule.forFeature([
   *   'slack',
   *   { connector: 'zendesk', baseURL: 'https://{subdomain}.zendesk.com/api/v2' },
   * ])
   */
  static forFeature(
    features: readonly (ConnectorRef | ConnectorFeature)[],
    { imports = [] }: Pick<DynamicModule, 'imports'> = {},
  ): DynamicModule {
    return ConnectorsFeatureModule.register(features, imports);
  }
}
