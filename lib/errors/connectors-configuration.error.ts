import { ConnectorsError } from './connectors.error.js';

/**
 * The module cannot work as it was set up. Thrown while the application boots,
 * with every mistake that was found.
 *
 * @publicApi
 */
export class ConnectorsConfigurationError extends ConnectorsError {
  readonly code = 'CONFIGURATION';

  constructor(
    summary: string,
    /** One sentence for each mistake; no value of an option is repeated in them. */
    readonly problems: readonly string[] = [],
  ) {
    super([summary, ...problems.map((problem) => `- ${problem}`)].join('\n'));
  }
}
