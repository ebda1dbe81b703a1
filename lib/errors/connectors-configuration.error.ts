import { ConnectorsError } from './connectors.error.js';

/**
 * Thrown when the module is set up incorrectly, usually while the application starts.
 * The message lists every mistake.
 *
 * `ConnectorsExceptionFilter` responds with 500 if a handler throws it.
 *
 * @publicApi
 */
export class ConnectorsConfigurationError extends ConnectorsError {
  readonly code = 'CONFIGURATION';

  constructor(
    summary: string,
    /** One sentence for each mistake. No sentence repeats the value of an option. */
    readonly problems: readonly string[] = [],
  ) {
    super([summary, ...problems.map((problem) => `- ${problem}`)].join('\n'));
  }
}
