import { existsSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { findDeno } from './broker-function.js';

if (existsSync('.env')) process.loadEnvFile();
if (!findDeno()) {
  Logger.error(
    'The broker needs deno on PATH. This command provides it for one run: ' +
      'npx --package deno@2 -- npm start -- --sourceRoot sample/04-external-backend',
    'Sample',
  );
  process.exit(1);
}

// Imported after the check, because the module starts the broker in Deno.
const { AppModule } = await import('./app.module.js');

const app = await NestFactory.create(AppModule);
app.enableShutdownHooks();
await app.listen(process.env.PORT ?? 3000, 'localhost');
const { port } = new URL(await app.getUrl());
Logger.log(`Listening on http://localhost:${port} in local mode`, 'Sample');
