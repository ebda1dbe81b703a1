import { ConfigurableModuleBuilder, type DynamicModule, type Provider } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { createAppUserController } from './app-user.controller.js';
import { ServiceRoleClient } from './base44/service-role.client.js';
import { Secret } from './common/secret.js';
import { createAliases, toOwnProvider } from './connectors.copies.js';
import { ConnectorsService } from './connectors.service.js';
import { getConnectorsToken } from './connectors.tokens.js';
import {
  ConnectorsExceptionFilter,
  EXCEPTION_FILTER_OPTIONS,
} from './filters/connectors-exception.filter.js';
import { ConnectorsHealthIndicator } from './health/connectors.health.js';
import { HandlerRecorder } from './filters/handler.recorder.js';
import { GatewayExceptionFilter } from './filters/gateway-exception.filter.js';
import type { ConnectorsModuleExtras } from './interfaces/connectors-module-extras.interface.js';
import type { ConnectorsExceptionFilterOptions } from './interfaces/exception-filter-options.interface.js';
import { CONNECTORS_INSTANCE } from './options/connectors.options.js';
import type { ConnectorsModuleOptions } from './interfaces/connectors-module-options.interface.js';
import { findRegistrationProblems } from './options/registration.validator.js';
import { ActivityRecorder } from './status/activity.recorder.js';
import { createStatusController } from './status/status.controller.js';
import { StatusReporter } from './status/status.reporter.js';

/**
 * The injection token of the options that the application configures. Tests override the options with it.
 *
 * @publicApi
 */
export const CONNECTORS_MODULE_OPTIONS = 'CONNECTORS_MODULE_OPTIONS';

export const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<ConnectorsModuleOptions>({
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
      statusRoutes: undefined,
      extraProviders: [],
    },
    applyExtras,
  )
  .build();

type Routes = Required<Pick<DynamicModule, 'controllers' | 'providers'>>;

function createFilterProviders(options: ConnectorsExceptionFilterOptions | boolean): Provider[] {
  if (options === false) return [];
  return [
    { provide: EXCEPTION_FILTER_OPTIONS, useValue: options === true ? {} : options },
    { provide: APP_FILTER, useClass: ConnectorsExceptionFilter },
    { provide: APP_GUARD, useClass: HandlerRecorder },
    GatewayExceptionFilter,
  ];
}

function applyExtras(
  definition: DynamicModule,
  {
    isGlobal = true,
    name,
    exceptionFilter = true,
    appUserRoutes,
    statusRoutes,
    extraProviders = [],
  }: ConnectorsModuleExtras,
): DynamicModule {
  const isNamed = name !== undefined;
  const token = getConnectorsToken(name);
  const routes = createRoutes({ appUserRoutes, statusRoutes });
  const aliases = isNamed ? [] : createAliases();
  return {
    ...definition,
    global: isGlobal,
    controllers: routes.controllers,
    providers: [
      ...(definition.providers ?? []).map(protectOptions),
      { provide: CONNECTORS_INSTANCE, useValue: { name } },
      ...(isNamed ? [{ provide: token, useExisting: ConnectorsService }] : []),
      ...createFilterProviders(exceptionFilter),
      ...routes.providers,
      ...aliases,
      ...(Array.isArray(extraProviders) ? extraProviders.map(toOwnProvider) : []),
    ],
    exports: isNamed
      ? [token]
      : [
          ConnectorsService,
          ConnectorsHealthIndicator,
          ServiceRoleClient,
          ...aliases.map(({ provide }) => provide),
        ],
  };
}

/** Creates the controllers of valid routes, and their providers. Startup fails because of others. */
function createRoutes({ appUserRoutes, statusRoutes }: ConnectorsModuleExtras): Routes {
  const isAppUserValid = findRegistrationProblems({ appUserRoutes }).length === 0;
  const isStatusValid = findRegistrationProblems({ statusRoutes }).length === 0;
  return {
    controllers: [
      ...(appUserRoutes && isAppUserValid ? [createAppUserController(appUserRoutes)] : []),
      ...(statusRoutes && isStatusValid ? [createStatusController(statusRoutes)] : []),
    ],
    providers: statusRoutes && isStatusValid ? [ActivityRecorder, StatusReporter] : [],
  };
}

/** Wraps the options in a `Secret`, because inspecting Nest's container shows the values of its providers. */
function protectOptions(provider: Provider): Provider {
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
    useFactory: async (...args: unknown[]) => new Secret<unknown>(await useFactory(...args)),
  };
}
