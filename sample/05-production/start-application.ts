import cluster from 'node:cluster';
import { type INestApplication, Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { SharedStore } from './shared-store.js';
import { startTracing } from './tracing.js';

/** Starts the application in this process. */
export async function startApplication(mode: string): Promise<void> {
  startTracing();
  const app = await NestFactory.create(AppModule);
  await app.listen(process.env.PORT ?? 3000, 'localhost');
  let stopped: Promise<void> | undefined;
  // A terminal sends Ctrl+C to this process too, so each signal arrives twice.
  const stop = () => (stopped ??= close(app));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());
  const { port } = new URL(await app.getUrl());
  Logger.log(`Process ${process.pid}: Listening on http://localhost:${port} in ${mode}`, 'Sample');
}

/** Closes the application after its requests, then the store that they need, then the channel to the primary. */
async function close(app: INestApplication): Promise<void> {
  await app.close();
  await app.get(SharedStore, { strict: false }).disconnect();
  cluster.worker?.disconnect();
}
