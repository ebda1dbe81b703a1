import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
// Compiled from test/benchmark/app.
import { AppModule } from '../../../dist/benchmark/app.module.js';
import { APP_ID as appId, SERVICE_TOKEN as serviceToken } from '../support/connectors.mjs';
import { serveParent } from '../support/worker.mjs';

const ADAPTERS = { Express: ExpressAdapter, Fastify: FastifyAdapter };
const US_PER_MS = 1_000;

serveParent({
  /** @param readsRequests - whether the module enters its ambient context for each request */
  async listen(platform, serverUrl, { readsRequests = false } = {}) {
    const app = await NestFactory.create(
      AppModule.for({
        appId,
        serviceToken,
        serverUrl,
        ...(readsRequests ? { request: { base44Headers: true } } : {}),
      }),
      new ADAPTERS[platform](),
      { logger: ['error', 'warn'] },
    );
    await app.listen(0, '127.0.0.1');
    return app.getUrl();
  },

  /** The processor time of this process so far. */
  cpuMs() {
    const { user, system } = process.cpuUsage();
    return (user + system) / US_PER_MS;
  },
});
