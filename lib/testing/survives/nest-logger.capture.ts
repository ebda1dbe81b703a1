import { Logger, type LoggerService } from '@nestjs/common';

const LEVELS = ['log', 'error', 'warn', 'debug', 'verbose', 'fatal'] as const;

class NestLogger extends Logger {
  static getCurrent(): LoggerService | undefined {
    return this.staticInstanceRef;
  }
}

/**
 * Records the calls of Nest's logger at every level, and passes them on. The logger of `Test` drops most
 * levels, so the output of a test does not show them.
 *
 * @returns a function that restores the logger
 */
export function captureNestLogger(record: (place: string, args: unknown[]) => void): () => void {
  const current = NestLogger.getCurrent();
  const methods = LEVELS.map((level) => [
    level,
    (...args: [unknown, ...unknown[]]) => {
      record(`a line of Nest's logger, ${level}()`, args);
      current?.[level]?.(...args);
    },
  ]);
  Logger.overrideLogger(Object.fromEntries(methods) as LoggerService);
  return () => {
    Logger.overrideLogger(current ?? false);
  };
}
