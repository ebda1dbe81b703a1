import { inspect } from 'node:util';
import { Controller, Get, type LoggerService, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { ConnectorsModule } from 'nestjs-base44-connectors';
import { closeAfterTest } from './close-after-test.js';

/** Sends a request whose handler throws the error. Returns the response and the log of the application. */
export type SendError = (error: unknown) => Promise<{
  readonly answer: string;
  readonly applicationLog: string;
}>;

/** Starts an HTTP application whose only handler throws a given error. */
export async function startThrowingApp(): Promise<SendError> {
  const failure: { error?: unknown } = {};
  const log: unknown[][] = [];

  @Controller()
  class FailingController {
    @Get()
    fail(): never {
      throw failure.error;
    }
  }

  @Module({
    imports: [ConnectorsModule.forRoot({ appId: 'app1', client: { getConnection: never } })],
    controllers: [FailingController],
  })
  class AppModule {}

  const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
  const app = module.createNestApplication();
  app.useLogger(false);
  await app.listen(0, '127.0.0.1');
  closeAfterTest(() => app.close());
  const url = await app.getUrl();
  return async (error) => {
    failure.error = error;
    log.length = 0;
    // All applications of a process share one Nest logger, and the last one to start sets it.
    app.useLogger(collecting(log));
    const response = await fetch(url, { headers: { Connection: 'close' } });
    const head = [response.status, response.statusText, ...response.headers].join('\n');
    return {
      answer: `${head}\n\n${await response.text()}`,
      applicationLog: inspect(log, { depth: 10, showHidden: true }),
    };
  };
}

function collecting(log: unknown[][]): LoggerService {
  const collect = (...parts: unknown[]): void => {
    log.push(parts);
  };
  return { log: collect, error: collect, warn: collect, debug: collect, verbose: collect };
}

function never(): Promise<unknown> {
  return Promise.reject(new Error('not expected'));
}
