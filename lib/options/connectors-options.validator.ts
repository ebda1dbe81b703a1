import { type ValidationError, validateSync } from 'class-validator';
import { ConnectorsConfigurationError } from '../errors/connectors-configuration.error.js';
import type { ConnectorsModuleOptions } from '../interfaces/connectors-module-options.interface.js';
import { ConnectorsOptionsRules } from './connectors-options.rules.js';
import { type ConnectorsOptions, withDefaults } from './connectors.options.js';

/**
 * Checks the options that the application gave, all of them before it complains.
 *
 * @throws {@link ConnectorsConfigurationError} with one sentence for each mistake
 * @internal
 */
export function validateOptions(options: unknown): ConnectorsOptions {
  if (typeof options !== 'object' || options === null) {
    throw new ConnectorsConfigurationError(
      'ConnectorsModule got no options. Return them from useFactory or createConnectorsOptions().',
    );
  }
  const errors = validateSync(new ConnectorsOptionsRules(options), {
    whitelist: true,
    forbidNonWhitelisted: true,
    stopAtFirstError: true,
  });
  if (errors.length > 0) {
    throw new ConnectorsConfigurationError(
      'ConnectorsModule cannot work with these options:',
      errors.flatMap((error) => problemsOf(error)),
    );
  }
  return withDefaults(options as ConnectorsModuleOptions);
}

function problemsOf({ property, constraints = {}, children = [] }: ValidationError): string[] {
  const own = Object.entries(constraints).map(([rule, message]) =>
    rule === 'whitelistValidation' ? unknownOption(property) : message,
  );
  return [...own, ...children.flatMap(problemsOf).map((problem) => `${property}.${problem}`)];
}

/** What belongs beside `useFactory`, where people put it into what that returns. */
const EXTRAS = ['isGlobal', 'name', 'exceptionFilter', 'appUserRoutes', 'extraProviders'];

function unknownOption(property: string): string {
  return EXTRAS.includes(property)
    ? `${property} belongs beside useFactory, not into what it returns`
    : `${property} is not an option of this module`;
}
