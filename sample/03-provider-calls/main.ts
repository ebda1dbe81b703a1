import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { LocalWorld } from './local/local-world.js';

const { PORT = '3000' } = process.env;
if (!/^\d{1,5}$/.test(PORT)) exitWith('PORT must be a number.');

// Started first: modules are registered with the addresses of the stand-ins.
const world = await LocalWorld.start();

const app = await NestFactory.create(AppModule.register(world));
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
