import { existsSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { startLocalWorld } from './local-world.js';

if (existsSync('.env')) process.loadEnvFile();
const isLocal = process.env.BASE44_APP_ID === undefined;
if (isLocal) Object.assign(process.env, await startLocalWorld());

// Imported when the environment is complete, because the module reads it.
const { AppModule } = await import('./app.module.js');

const app = await NestFactory.create(AppModule);
// Calls in progress end normally when the process gets SIGTERM.
app.enableShutdownHooks();
await app.listen(process.env.PORT ?? 3000, 'localhost');
const { port } = new URL(await app.getUrl());
const mode = isLocal ? 'local mode' : 'Base44 mode';
Logger.log(`Listening on http://localhost:${port} in ${mode}`, 'Sample');
