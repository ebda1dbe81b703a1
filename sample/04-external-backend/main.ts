import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { findDeno } from './local/deno.js';

const { PORT = '3000' } = process.env;
if (!/^\d{1,5}$/.test(PORT)) exitWith('PORT must be a number.');
if (findDeno() === undefined) {
  exitWith(
    'The broker runs in Deno, and there is no deno on PATH. This gets it for one run: ' +
      'npx --package deno@2 -- npm start -- --sourceRoot sample/04-external-backend',
  );
}

const app = await NestFactory.create(AppModule);
app.enableShutdownHooks();
await app.listen(Number(PORT), 'localhost').catch((error: unknown) => {
  exitWith(`Cannot listen on port ${PORT} (${String(error)}). Choose another one by PORT.`);
});

const { port } = new URL(await app.getUrl());
Logger.log(`Listening on http://localhost:${port} in local mode`, 'Sample');

function exitWith(message: string): never {
  Logger.error(message, 'Sample');
  process.exit(1);
}
