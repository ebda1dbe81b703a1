import { ConnectorsConfigurationError } from '../errors/connectors-configuration.error.js';
import type { ConnectorsModuleOptions } from '../interfaces/connectors-module-options.interface.js';
import { applyDefaults } from './connectors-options.defaults.js';
import { ConnectorsOptionsRules } from './connectors-options.rules.js';
import type { ConnectorsOptions } from './connectors.options.js';
import { NESTED_OPTIONS } from './nested-options.rules.js';
import { findProblems } from './problems.js';
import { REGISTRATION_SETTINGS } from './registration.validator.js';

/**
 * Validates the options of the application, and fills in the defaults.
 *
 * @param registrationProblems - mistakes in the settings beside the options
 * @throws {@link ConnectorsConfigurationError} with one sentence for each mistake
 * @internal
 */
export function validateOptions(
  options: unknown,
  registrationProblems: readonly string[],
): ConnectorsOptions {
  const isObject = typeof options === 'object' && options !== null;
  if (!isObject && registrationProblems.length === 0) {
    throw new ConnectorsConfigurationError(
      'ConnectorsModule received no options. Pass them to forRoot(), or return them from useFactory ' +
        'or createConnectorsOptions().',
    );
  }
  const problems = [...registrationProblems, ...(isObject ? findOptionsProblems(options) : [])];
  if (problems.length > 0) {
    throw new ConnectorsConfigurationError('ConnectorsModule has invalid options:', problems);
  }
  return applyDefaults(options as ConnectorsModuleOptions);
}

function findOptionsProblems(options: object): string[] {
  return findProblems(
    new ConnectorsOptionsRules(options),
    (name) =>
      REGISTRATION_SETTINGS.includes(name)
        ? `${name} belongs next to useFactory, not in the options that useFactory returns`
        : undefined,
    [...REGISTRATION_SETTINGS, ...NESTED_OPTIONS],
  );
}
