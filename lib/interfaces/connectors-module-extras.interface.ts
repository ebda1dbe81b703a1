import type { ConfigurableModuleAsyncOptions, Provider } from '@nestjs/common';
import type { AppUserRoutes } from './app-user-routes.interface.js';
import type { ConnectorsExceptionFilterOptions } from './exception-filter-options.interface.js';
import type { StatusRoutes } from './status-routes.interface.js';
import type { ConnectorsModuleOptions } from './connectors-module-options.interface.js';

/**
 * The settings of the module's registration. In `forRootAsync` they are next to `useFactory`,
 * because Nest needs them before it creates the options.
 *
 * @publicApi
 */
export interface ConnectorsModuleExtras {
  /**
   * Makes the service and the decorators available in every module. With `false`, each
   * module that uses them imports the module that registers them.
   *
   * @default true
   */
  readonly isGlobal?: boolean | undefined;
  /**
   * The name of an additional, independent instance, such as one for another Base44 app.
   *
   * @default the instance without a name
   */
  readonly name?: string | undefined;
  /**
   * Registers `ConnectorsExceptionFilter` for the whole application, with options such as
   * `{ hideServerErrors: true }`, or does not register it (`false`).
   *
   * @default true
   */
  readonly exceptionFilter?: boolean | ConnectorsExceptionFilterOptions | undefined;
  /**
   * Registers routes that let the app's users connect accounts of their own.
   *
   * @default no routes
   */
  readonly appUserRoutes?: AppUserRoutes | undefined;
  /**
   * Registers a page for operators with the status of the connectors.
   *
   * @default no page
   */
  readonly statusRoutes?: StatusRoutes | undefined;
  /**
   * Providers that `useFactory` injects, or a `ServiceRoleClient` that replaces the built-in one.
   *
   * @default []
   */
  readonly extraProviders?: Provider[] | undefined;
}

/**
 * The argument of `ConnectorsModule.forRootAsync()`. It takes the options from `useFactory` (with
 * `inject` and `imports`), or from a `ConnectorsOptionsFactory` (`useClass` or `useExisting`).
 *
 * @example
 * const options: ConnectorsModuleAsyncOptions = {
 *   inject: [ConfigService],
 *   useFactory: (config: ConfigService) => config.getOrThrow<ConnectorsModuleOptions>('connectors'),
 * };
 *
 * @publicApi
 */
export interface ConnectorsModuleAsyncOptions<R extends OptionsOrPromise = OptionsOrPromise>
  extends NestAsyncOptions, ConnectorsModuleExtras {
  /** A function that returns the options. Its parameters are the providers that `inject` lists. */
  useFactory?: (...args: Parameters<NonNullable<NestAsyncOptions['useFactory']>>) => R;
}

/**
 * Makes a name that is not an option a compile error, in the options that `useFactory` returns.
 *
 * @publicApi
 */
export type OnlyKnownOptions<R> = [UnknownNames<Awaited<R>>] extends [never]
  ? unknown
  : { readonly useFactory: { readonly unknownOption: UnknownNames<Awaited<R>> } };

/** The names that are not options. `any` and index signatures have every name, so they have none. */
type UnknownNames<T> = T extends unknown
  ? string extends keyof T
    ? never
    : Exclude<keyof T, keyof ConnectorsModuleOptions>
  : never;

type OptionsOrPromise = ConnectorsModuleOptions | Promise<ConnectorsModuleOptions>;

type NestAsyncOptions = ConfigurableModuleAsyncOptions<
  ConnectorsModuleOptions,
  'createConnectorsOptions'
>;
