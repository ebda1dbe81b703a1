import { type DynamicModule, Inject, Module, type NestModule } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { CONNECTORS_MODULE, describeCopies, isServiceRoleClient } from './connectors.copies.js';
import { ConnectorsFeatureModule } from './connectors-feature.module.js';
import { ConfigurableModuleClass } from './connectors.module-definition.js';
import { providers } from './connectors.providers.js';
import { removeOverriddenArguments } from './discovery/handler-arguments.js';
import { ConnectorsConfigurationError } from './errors/connectors-configuration.error.js';
import { RequestContext } from './identity/request-context.js';
import type { ConnectorFeature } from './interfaces/connector-feature.interface.js';
import type { ConnectorRef } from './interfaces/connector.interface.js';
import type {
  ConnectorsModuleAsyncOptions,
  ConnectorsModuleExtras,
  OnlyKnownOptions,
} from './interfaces/connectors-module-extras.interface.js';
import type { ConnectorsModuleOptions } from './interfaces/connectors-module-options.interface.js';
import { markConnectorOperations } from './openapi/connector-operations.js';
import { REGISTRATION_PROBLEMS } from './options/connectors.options.js';
import {
  findAsyncRegistrationProblems,
  findRegistrationProblems,
  hasFactory,
} from './options/registration.validator.js';

/**
 * Provides `ConnectorsService` and makes the decorators work.
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
  /** @internal */
  static readonly [CONNECTORS_MODULE] = true;
  readonly #requestContext: RequestContext;

  /** @internal */
  constructor(
    @Inject(ModulesContainer) modules: ModulesContainer,
    @Inject(RequestContext) requestContext: RequestContext,
  ) {
    super();
    this.#requestContext = requestContext;
    rejectDuplicates(modules);
    removeOverriddenArguments(modules);
    markConnectorOperations(modules);
  }

  /** Mounts the request context. Nest calls this before it registers the routes. */
  configure(): void {
    // Absent if the options depend on a request, which ConnectorsScopeValidator rejects afterwards.
    if (#requestContext in this) this.#requestContext.mountHttp();
  }

  /**
   * Registers the module with options that are known in advance.
   *
   * @throws `ConnectorsConfigurationError` at startup, with every mistake in the options
   */
  static override forRoot(
    options: ConnectorsModuleOptions & ConnectorsModuleExtras,
  ): DynamicModule {
    // The copy turns a missing argument into empty options, whose mistakes are reported at startup.
    return addProblems(super.forRoot({ ...options }), findRegistrationProblems(options));
  }

  /**
   * Registers the module with options from a factory (`useFactory` with `inject` and `imports`) or
   * from a `ConnectorsOptionsFactory` (`useClass` or `useExisting`).
   *
   * @throws `ConnectorsConfigurationError` at startup, with every mistake in the options
   */
  static override forRootAsync<
    R extends ConnectorsModuleOptions | Promise<ConnectorsModuleOptions>,
  >(options: ConnectorsModuleAsyncOptions<R> & OnlyKnownOptions<R>): DynamicModule {
    const problems = findAsyncRegistrationProblems(options);
    const source = hasFactory(options) ? options : { ...options, useFactory: () => undefined };
    return addProblems(super.forRootAsync(source), problems);
  }

  /**
   * Registers an `HttpService` for each connector, which `@InjectConnectorHttp()` injects, and a client
   * of the provider's SDK for a declaration with `client`. It also declares how to call the API of a
   * connector that `CONNECTORS` does not contain. Modules that declare the same connector share its
   * `HttpService`. `@ConnectorClient()` and `@InjectConnectorClient()` need a declaration in their own module.
   *
   * @param options - `imports`: the module that exports `ConnectorsModule`, if that is registered with `isGlobal: false`
   * @throws `ConnectorsConfigurationError` at once when a declaration is malformed, and at startup
   * when two declarations of a connector differ
   * @example
   * ConnectorsModule.forFeature([
   *   'slack',
   *   { connector: 'zendesk', baseURL: 'https://{subdomain}.zendesk.com/api/v2' },
   *   { connector: 'github', client: (fetch) => new Octokit({ request: { fetch } }) },
   * ])
   */
  static forFeature(
    features: readonly (ConnectorRef | ConnectorFeature)[],
    { imports = [] }: Pick<DynamicModule, 'imports'> = {},
  ): DynamicModule {
    return ConnectorsFeatureModule.register(features, imports);
  }
}

/** Reports mistakes in the settings at startup, together with those in the options. */
function addProblems(definition: DynamicModule, problems: readonly string[]): DynamicModule {
  const provider = { provide: REGISTRATION_PROBLEMS, useValue: problems };
  return { ...definition, providers: [...(definition.providers ?? []), provider] };
}

/** Rejects global instances that export the same token, because injection would pick any of them. */
function rejectDuplicates(modules: ModulesContainer): void {
  const tokens = [...modules.values()]
    .filter(({ metatype, isGlobal }) => CONNECTORS_MODULE in metatype && isGlobal)
    .flatMap((module) => [...module.exports])
    .filter((token) => !isServiceRoleClient(token));
  if (new Set(tokens).size === tokens.length) return;
  throw new ConnectorsConfigurationError(
    'ConnectorsModule is registered globally more than once under the same name. ' +
      "Give each additional instance its own name: ConnectorsModule.forRoot({ name: 'crm', … })." +
      describeCopies(),
  );
}
