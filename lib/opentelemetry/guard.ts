import { diag } from '@opentelemetry/api';

/**
 * Returns a function that reports errors to the diagnostics of OpenTelemetry, and then returns
 * `undefined`. Node.js reports the error of a subscriber as an uncaught exception, which ends the process.
 *
 * @internal
 */
export function guard<Args extends unknown[], Result>(
  work: (...args: Args) => Result,
): (...args: Args) => Result | undefined {
  return (...args) => {
    try {
      return work(...args);
    } catch (error) {
      diag.error('nestjs-base44-connectors: telemetry was not reported.', error);
      return undefined;
    }
  };
}
