import { type ValidationError, validateSync } from 'class-validator';
import { ConnectorsConfigurationError } from '../errors/connectors-configuration.error.js';
import type { ConnectorsModuleExtras } from '../interfaces/connectors-module-extras.interface.js';
import type { ConnectorsModuleOptions } from '../interfaces/connectors-module-options.interface.js';
import { applyDefaults } from './connectors-options.defaults.js';
import { ConnectorsOptionsRules } from './connectors-options.rules.js';
import type { ConnectorsOptions } from './connectors.options.js';

/** The arguments of `forRootAsync` that `useFactory` often returns by mistake. */
const EXTRAS: readonly string[] = [
  'isGlobal',
  'name',
  'exceptionFilter',
  'appUserRoutes',
  'extraProviders',
] satisfies (keyof ConnectorsModuleExtras)[];

/**
 * Validates the options of the application, and fills in the defaults.
 *
 * @throws {@link ConnectorsConfigurationError} with one sentence for each mistake
 * @internal
 */
export function validateOptions(options: unknown): ConnectorsOptions {
  if (typeof options !== 'object' || options === null) {
    throw new ConnectorsConfigurationError(
      'ConnectorsModule received no options. Return them from useFactory or createConnectorsOptions().',
    );
  }
  const errors = validateSync(new ConnectorsOptionsRules(options), {
    whitelist: true,
    forbidNonWhitelisted: true,
    stopAtFirstError: true,
  });
  if (errors.length > 0) {
    throw new ConnectorsConfigurationError(
      'ConnectorsModule has invalid options:',
      errors.flatMap(getProblems),
    );
  }
  return applyDefaults(options as ConnectorsModuleOptions);
}

function getProblems({ property, constraints = {}, children = [] }: ValidationError): string[] {
  const own = Object.entries(constraints).map(([rule, message]) =>
    rule === 'whitelistValidation' ? describeUnknownOption(property) : message,
  );
  return [...own, ...children.flatMap(getProblems).map((problem) => `${property}.${problem}`)];
}

function describeUnknownOption(property: string): string {
  return EXTRAS.includes(property)
    ? `${property} belongs next to useFactory, not in the options that useFactory returns`
    : `${property} is not an option of this module`;
}
