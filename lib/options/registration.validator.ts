import type { ConnectorsModuleExtras } from '../interfaces/connectors-module-extras.interface.js';
import { ConnectorsOptionsRules } from './connectors-options.rules.js';
import { findProblems, getOptionNames } from './problems.js';
import {
  AsyncRegistrationRules,
  hasFactoryMethod,
  RegistrationRules,
} from './registration.rules.js';
import { isPresent } from './sibling-options.js';

/**
 * The names of the settings of a registration.
 *
 * @internal
 */
export const REGISTRATION_SETTINGS: readonly string[] = getOptionNames(RegistrationRules);

/**
 * Finds the mistakes in the settings that `forRoot` takes beside the options.
 *
 * @returns a sentence for each mistake
 * @internal
 */
export function findRegistrationProblems(options: ConnectorsModuleExtras | undefined): string[] {
  const entries = Object.entries(Object(options) as object);
  const settings = entries.filter(([name]) => REGISTRATION_SETTINGS.includes(name));
  return findProblems(new RegistrationRules(Object.fromEntries(settings)), () => undefined);
}

/**
 * Finds the mistakes in the argument of `forRootAsync`.
 *
 * @returns a sentence for each mistake
 * @internal
 */
export function findAsyncRegistrationProblems(options: object | undefined): string[] {
  const optionNames = getOptionNames(ConnectorsOptionsRules);
  return findProblems(new AsyncRegistrationRules(Object(options) as object), (name) =>
    optionNames.includes(name)
      ? `${name} belongs in the options that useFactory returns, not next to it`
      : undefined,
  );
}

/**
 * Returns whether Nest can ask the argument of `forRootAsync` for the options.
 *
 * @internal
 */
export function hasFactory(options: object | undefined): boolean {
  const { useFactory, useClass, useExisting } = Object(options) as Record<string, unknown>;
  return isPresent(useFactory)
    ? typeof useFactory === 'function'
    : isPresent(useExisting) || hasFactoryMethod(useClass);
}
