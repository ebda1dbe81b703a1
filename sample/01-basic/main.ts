import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { startLocalWorld } from './local-world.js';

const isLocal = !process.env.BASE44_APP_ID && !process.env.BASE44_SERVICE_TOKEN;
if (isLocal) Object.assign(process.env, await startLocalWorld());

// Imported when the environment is complete, because the module reads it.
const { AppModule } = await import('./app.module.js');

const app = await NestFactory.create(AppModule);
app.enableShutdownHooks();
await app.listen(process.env.PORT ?? 3000, 'localhost');
const { port } = new URL(await app.getUrl());
const mode = isLocal ? 'local mode' : 'Base44 mode';
Logger.log(`Listening on http://localhost:${port} in ${mode}`, 'Sample');
