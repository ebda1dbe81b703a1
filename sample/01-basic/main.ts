import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { startLocalWorld } from './local/local-world.js';

const isLocal = !process.env.BASE44_APP_ID;
if (isLocal) Object.assign(process.env, await startLocalWorld());

// Loaded after the environment is complete, because it is configured from it.
const { AppModule } = await import('./app.module.js');

const app = await NestFactory.create(AppModule);
app.enableShutdownHooks();
await app.listen(process.env.PORT ?? 3000);

const { port } = new URL(await app.getUrl());
const mode = isLocal
  ? 'local mode: an emulator of Base44 and stand-ins for Google Calendar and Slack. ' +
    'Set BASE44_APP_ID and BASE44_SERVICE_TOKEN to talk to Base44'
  : `Base44 mode: app ${process.env.BASE44_APP_ID}`;
Logger.log(`Listening on http://localhost:${port} in ${mode}`, 'Sample');
