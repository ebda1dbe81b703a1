import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { createServiceRoleClient } from './clients/create-service-role-client.js';
import { ServiceRoleClient } from './clients/service-role.client.js';
import { ConnectionResolver } from './connections/connection.resolver.js';
import {
  type ASYNC_OPTIONS_TYPE,
  ConfigurableModuleClass,
  CONNECTORS_MODULE_OPTIONS,
  type OPTIONS_TYPE,
} from './connectors.module-definition.js';
import { ConnectorsService } from './connectors.service.js';
import { Secret } from './identity/secret.js';
import type { ConnectorsOptions } from './options/connectors.options.js';
import { validateOptions } from './options/connectors-options.validator.js';
import { ResiliencePolicy } from './resilience/resilience.policy.js';

/** The validated options. */
const CONNECTORS_OPTIONS = Symbol('CONNECTORS_OPTIONS');

const providers: Provider[] = [
  {
    provide: CONNECTORS_OPTIONS,
    // A test that overrides the options gives them as they are.
    useFactory: (options: unknown) =>
      new Secret(validateOptions(options instanceof Secret ? options.reveal() : options)),
    inject: [CONNECTORS_MODULE_OPTIONS],
  },
  {
    provide: ServiceRoleClient,
    useFactory: (options: Secret<ConnectorsOptions>) => createServiceRoleClient(options.reveal()),
    inject: [CONNECTORS_OPTIONS],
  },
  {
    provide: ResiliencePolicy,
    useFactory: (options: Secret<ConnectorsOptions>) =>
      new ResiliencePolicy(options.reveal().resilience.deadlineMs),
    inject: [CONNECTORS_OPTIONS],
  },
  {
    provide: ConnectionResolver,
    useFactory: (
      client: ServiceRoleClient,
      policy: ResiliencePolicy,
      options: Secret<ConnectorsOptions>,
    ) => new ConnectionResolver(client, policy, options.reveal()),
    inject: [ServiceRoleClient, ResiliencePolicy, CONNECTORS_OPTIONS],
  },
  ConnectorsService,
];

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
export class ConnectorsModule extends ConfigurableModuleClass {
  /**
   * @throws `ConnectorsConfigurationError` while the application boots, naming every mistake
   */
  static override forRoot(options: typeof OPTIONS_TYPE): DynamicModule {
    return super.forRoot(options);
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
}
