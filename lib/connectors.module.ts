import { type DynamicModule, Inject, Module, type NestModule, type Provider } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { createServiceRoleClient } from './clients/create-service-role-client.js';
import { ServiceRoleClient } from './clients/service-role.client.js';
import { AppUserConnections } from './connections/app-user-connections.js';
import { Clock } from './connections/clock.js';
import { ConnectionResolver } from './connections/connection.resolver.js';
import { createSharedConnections } from './connections/shared/create-shared-connections.js';
import { SharedConnections } from './connections/shared/shared-connections.js';
import {
  type ASYNC_OPTIONS_TYPE,
  ConfigurableModuleClass,
  CONNECTORS_MODULE_OPTIONS,
  type OPTIONS_TYPE,
} from './connectors.module-definition.js';
import { ConnectorsService } from './connectors.service.js';
import { ConnectorsConfigurationError } from './errors/connectors-configuration.error.js';
import { Actor } from './identity/actor.js';
import { IdentityReader } from './identity/identity.reader.js';
import { RequestContext } from './identity/request-context.js';
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
      new ResiliencePolicy(options.reveal().resilience),
    inject: [CONNECTORS_OPTIONS],
  },
  Clock,
  {
    provide: SharedConnections,
    useFactory: (clock: Clock, options: Secret<ConnectorsOptions>) =>
      createSharedConnections(options.reveal(), clock) ?? null,
    inject: [Clock, CONNECTORS_OPTIONS],
  },
  {
    provide: ConnectionResolver,
    useFactory: (
      client: ServiceRoleClient,
      policy: ResiliencePolicy,
      clock: Clock,
      shared: SharedConnections | null,
      options: Secret<ConnectorsOptions>,
    ) => new ConnectionResolver(client, policy, clock, options.reveal().cache, shared ?? undefined),
    inject: [ServiceRoleClient, ResiliencePolicy, Clock, SharedConnections, CONNECTORS_OPTIONS],
  },
  {
    provide: IdentityReader,
    useFactory: (options: Secret<ConnectorsOptions>) => new IdentityReader(options.reveal()),
    inject: [CONNECTORS_OPTIONS],
  },
  {
    provide: Actor,
    useFactory: (reader: IdentityReader) => Actor.ofCurrentRequest(reader),
    inject: [IdentityReader],
  },
  RequestContext,
  {
    provide: AppUserConnections,
    useFactory: (
      client: ServiceRoleClient,
      policy: ResiliencePolicy,
      resolver: ConnectionResolver,
    ) => new AppUserConnections(client, policy, resolver),
    inject: [ServiceRoleClient, ResiliencePolicy, ConnectionResolver],
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
    this.#requestContext.enterHttp();
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
}
