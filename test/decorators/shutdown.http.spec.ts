import {
  type BeforeApplicationShutdown,
  Controller,
  Get,
  Injectable,
  Module,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConnectorsModule, ConnectorToken } from 'nestjs-base44-connectors';
import { Base44Emulator, faults } from 'nestjs-base44-connectors/testing';
import { createGate, sleep, waitFor } from '../support/async.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { printFigure } from '../support/print-figure.js';
import { toOptions } from '../support/to-options.js';

const REQUESTS = 1_000;

/** Longer than `deadlineMs`, as `gracefulShutdownTimeoutMs` of @nestjs/terminus may be. */
const GRACE_MS = 600;
const DEADLINE_MS = 400;

@Controller()
class TokenController {
  @Get('token')
  getToken(@ConnectorToken('slack') accessToken: string): string {
    return accessToken;
  }
}

@Injectable()
class GracePeriod implements BeforeApplicationShutdown {
  static ms = 0;

  async beforeApplicationShutdown(): Promise<void> {
    await sleep(GracePeriod.ms);
  }
}

function getStatus(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get({ port, path: '/token', host: '127.0.0.1' }, (response) => {
      response.resume().once('end', () => {
        resolve(response.statusCode);
      });
    }).once('error', reject);
  });
}

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter({ forceCloseConnections: 'idle' })],
] as const)('When an application with %s closes', (name, createAdapter) => {
  const boot = async (graceMs: number) => {
    GracePeriod.ms = graceMs;
    const base44 = await Base44Emulator.start();
    closeAfterTest(() => base44.close());
    base44.connect('slack', { accessToken: 'xoxb-1' });
    const resilience = graceMs === 0 ? {} : { deadlineMs: DEADLINE_MS };

    @Module({
      imports: [ConnectorsModule.forRoot({ ...toOptions(base44), cache: false, resilience })],
      controllers: [TokenController],
      providers: [GracePeriod],
    })
    class AppModule {}

    const app = await NestFactory.create(AppModule, createAdapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    const server = app.getHttpServer() as Server;
    const { port } = server.address() as AddressInfo;
    return { app, server, base44, port };
  };

  it(`${REQUESTS} requests in progress are answered`, async () => {
    const { app, server, base44, port } = await boot(0);
    const gate = createGate();
    base44.fault({
      respond: async (...given) => {
        await gate.opened;
        const body = { access_token: 'xoxb-1', integration_type: 'slack', connection_config: null };
        await faults.status(200, { body })(...given);
      },
      times: Infinity,
    });
    let arrived = 0;
    server.on('request', () => (arrived += 1));
    const requests = Array.from({ length: REQUESTS }, () => getStatus(port));
    await waitFor(() => arrived === REQUESTS);
    const closing = app.close();
    await sleep(50);
    gate.open();
    const statuses = await Promise.all(requests);
    await closing;
    const answered = statuses.filter((status) => status === 200).length;
    printFigure(`${name} closed with ${REQUESTS} requests in progress: answered`, answered);
    expect(answered).toBe(REQUESTS);
  });

  it('requests of a grace period that is longer than the deadline are answered', async () => {
    const { app, port } = await boot(GRACE_MS);
    const closing = app.close();
    await sleep(DEADLINE_MS + 100);
    await expect(getStatus(port)).resolves.toBe(200);
    await closing;
  });
});
