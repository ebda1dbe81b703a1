import type { INestApplication, LoggerService, ModuleMetadata } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { ConnectorsConfigurationError } from 'nestjs-base44-connectors';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { closeAfterTest } from '../support/close-after-test.js';
import { catchError } from '../support/async.js';

type Level = 'log' | 'warn' | 'error';

/** Records the log lines of `ConnectorsModule` and their levels. */
class Reports implements LoggerService {
  readonly all: [Level, string][] = [];

  readonly log = this.#keep('log');
  readonly warn = this.#keep('warn');
  readonly error = this.#keep('error');

  #keep(level: Level): LoggerService['log'] {
    return (message: unknown, ...rest: unknown[]) => {
      if (rest.at(-1) === 'ConnectorsModule') this.all.push([level, String(message)]);
    };
  }
}

export interface BootedApp {
  readonly app: INestApplication;
  /** Its log lines during startup. */
  readonly reports: [Level, string][];
}

/** Creates an application that has not started yet. */
export async function startApplication(
  metadata: ModuleMetadata,
): Promise<{ app: INestApplication; reports: [Level, string][] }> {
  const reports = new Reports();
  const module = await Test.createTestingModule(metadata).setLogger(reports).compile();
  const app = module.createNestApplication();
  closeAfterTest(() => app.close());
  return { app, reports: reports.all };
}

export async function boot(metadata: ModuleMetadata): Promise<BootedApp> {
  const { app, reports } = await startApplication(metadata);
  await app.init();
  return { app, reports };
}

/** Returns the error of `app.init()`. */
export async function bootFailure(metadata: ModuleMetadata): Promise<ConnectorsConfigurationError> {
  const { app } = await startApplication(metadata);
  return (await catchError(() => app.init())) as ConnectorsConfigurationError;
}

/** Starts a Base44 with these connections, and closes it after the test. */
export async function startBase44(
  tokens: Readonly<Record<string, string>>,
  options?: Parameters<typeof Base44Emulator.start>[0],
): Promise<Base44Emulator> {
  const base44 = await Base44Emulator.start(options);
  closeAfterTest(() => base44.close());
  for (const [connector, accessToken] of Object.entries(tokens)) {
    base44.connect(connector, { accessToken });
  }
  return base44;
}
