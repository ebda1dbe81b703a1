import { ConfigurableModuleBuilder, type DynamicModule, type Provider } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { ServiceRoleClient } from './base44/service-role.client.js';
import { type AppUserRoutes, createAppUserController } from './app-user.controller.js';
import { getConnectorsToken } from './connectors.tokens.js';
import { ConnectorsService } from './connectors.service.js';
import { ConnectorsExceptionFilter } from './filters/connectors-exception.filter.js';
import { GatewayExceptionFilter } from './filters/gateway-exception.filter.js';
import { Secret } from './common/secret.js';
import type { ConnectorsModuleOptions } from './interfaces/connectors-module-options.interface.js';

/**
 * What is decided where the module is registered, beside `useFactory` in `forRootAsync`.
 *
 * @publicApi
 */
export interface ConnectorsModuleExtras {
  /**
   * Makes the service and the decorators available in every module. Otherwise each
   * module that uses them imports the module that registers them.
   *
   * @default true
   */
  readonly isGlobal?: boolean | undefined;
  /** Registers a further, independent instance: that of another Base44 app. */
  readonly name?: string | undefined;
  /**
   * Registers `ConnectorsExceptionFilter` for the whole application.
   *
   * @default true
   */
  readonly exceptionFilter?: boolean | undefined;
  /** Registers routes by which the app's users connect accounts of their own. Left out: none. */
  readonly appUserRoutes?: AppUserRoutes | undefined;
  /** ProviderClient that `useFactory` injects, or a `ServiceRoleClient` in place of the built-in one. */
  readonly extraProviders?: Provider[] | undefined;
}

/**
 * The injection token of the options as the application gave them, to override them in a test.
 *
 * @publicApi
 */
export const CONNECTORS_MODULE_OPTIONS = 'CONNECTORS_MODULE_OPTIONS';

/**
 * The name of the instance, as `{ name }`.
 *
 * @internal
 */
export const CONNECTORS_INSTANCE = Symbol('CONNECTORS_INSTANCE');

export const { ConfigurableModuleClass, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<ConnectorsModuleOptions>({
    moduleName: 'Connectors',
    optionsInjectionToken: CONNECTORS_MODULE_OPTIONS,
  })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createConnectorsOptions')
    .setExtras<ConnectorsModuleExtras>(
      {
        isGlobal: true,
        name: undefined,
        exceptionFilter: true,
        appUserRoutes: undefined,
        extraProviders: [],
      },
      withExtras,
    )
    .build();

const filterProviders: Provider[] = [
  { provide: APP_FILTER, useClass: ConnectorsExceptionFilter },
  GatewayExceptionFilter,
];

function withExtras(definition: DynamicModule, extras: ConnectorsModuleExtras): DynamicModule {
  const { isGlobal = true, name, exceptionFilter = true, extraProviders = [] } = extras;
  const { appUserRoutes } = extras;
  const isNamed = name !== undefined;
  const token = getConnectorsToken(name);
  return {
    ...definition,
    global: isGlobal,
    controllers: appUserRoutes ? [createAppUserController(appUserRoutes)] : [],
    providers: [
      ...(definition.providers ?? []).map(withSecretOptions),
      { provide: CONNECTORS_INSTANCE, useValue: { name } },
      ...(isNamed ? [{ provide: token, useExisting: ConnectorsService }] : []),
      ...(exceptionFilter ? filterProviders : []),
      ...extraProviders,
    ],
    exports: isNamed ? [token] : [ConnectorsService, ServiceRoleClient],
  };
}

/** Options hold secrets, and Nest's container shows what its providers hold. */
function withSecretOptions(provider: Provider): Provider {
  if (typeof provider === 'function' || provider.provide !== CONNECTORS_MODULE_OPTIONS) {
    return provider;
  }
  if ('useValue' in provider) {
    return { ...provider, useValue: new Secret(provider.useValue as unknown) };
  }
  if (!('useFactory' in provider)) return provider;
  const { useFactory } = provider;
  return {
    ...provider,
    useFactory: async (...given: unknown[]) => new Secret<unknown>(await useFactory(...given)),
  };
}
