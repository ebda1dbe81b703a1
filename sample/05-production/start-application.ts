import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { SharedStore } from './shared-store.js';
import { startTracing } from './tracing.js';

/** Starts the application in this process. */
export async function startApplication(mode: string): Promise<void> {
  startTracing();
  const app = await NestFactory.create(AppModule);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      // Requests in progress end first, and the store is needed until then.
      void app.close().then(() => app.get(SharedStore, { strict: false }).disconnect());
    });
  }
  await app.listen(process.env.PORT ?? 3000, 'localhost');
  const { port } = new URL(await app.getUrl());
  Logger.log(`Process ${process.pid}: Listening on http://localhost:${port} in ${mode}`, 'Sample');
}
