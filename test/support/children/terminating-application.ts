import 'reflect-metadata';
import type { ServerResponse } from 'node:http';
import { Controller, Get, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { ConnectorsModule, ConnectorsService } from 'nestjs-base44-connectors';
import type { TerminatingTask } from '../../resilience/sigterm.spec.js';

/** An application that ends on a signal, as Nest and terminus document it. */
const { serverUrl, deadlineMs, gracefulShutdownTimeoutMs, busyWith } = JSON.parse(
  process.argv[2]!,
) as TerminatingTask;

@Controller()
class CallsController {
  #requests = 0;

  constructor(private readonly connectors: ConnectorsService) {}

  @Get('tokens/:connector')
  async getToken(@Param('connector') connector: string) {
    this.#count();
    const { accessToken } = await this.connectors.getConnection(connector);
    return { accessToken };
  }

  @Get('provider')
  async callProvider() {
    this.#count();
    const response = await this.connectors.fetch('crm', '/provider');
    return { status: response.status };
  }

  #count(): void {
    this.#requests += 1;
    if (this.#requests === busyWith) process.send?.('busy');
  }
}

class AppModule {
  readonly name = 'terminating';
}

const app = await NestFactory.create(
  {
    module: AppModule,
    imports: [
      ConnectorsModule.forRoot({
        appId: 'app1',
        serviceToken: 'service-token',
        serverUrl,
        resilience: { attemptTimeoutMs: deadlineMs, deadlineMs },
      }),
      ConnectorsModule.forFeature([{ connector: 'crm', baseURL: serverUrl }]),
      ...(gracefulShutdownTimeoutMs === null
        ? []
        : [TerminusModule.forRoot({ gracefulShutdownTimeoutMs })]),
    ],
    controllers: [CallsController],
  },
  { logger: ['warn', 'error'] },
);
app.enableShutdownHooks();
// Node.js waits for idle connections, so that clients must not keep them.
app.use((_request: unknown, response: ServerResponse, next: () => void) => {
  response.setHeader('Connection', 'close');
  next();
});
process.once('SIGTERM', () => process.send?.('terminating'));
await app.listen(0, '127.0.0.1');
process.send?.(await app.getUrl());
