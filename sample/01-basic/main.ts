import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { startLocalWorld } from './local/local-world.js';

const { BASE44_APP_ID, BASE44_SERVICE_TOKEN, PORT = '3000' } = process.env;
if (!BASE44_APP_ID !== !BASE44_SERVICE_TOKEN) {
  exitWith('Set both BASE44_APP_ID and BASE44_SERVICE_TOKEN, or none of them.');
}
if (!/^\d{1,5}$/.test(PORT)) exitWith('PORT must be a number.');

const isLocal = !BASE44_APP_ID;
if (isLocal) Object.assign(process.env, await startLocalWorld(), { SAMPLE_MODE: 'local' });

// Loaded after the environment is complete, because it is configured from it.
const { AppModule } = await import('./app.module.js');

const app = await NestFactory.create(AppModule);
app.enableShutdownHooks();
await app.listen(PORT).catch((error: unknown) => {
  exitWith(
    `Cannot listen on port ${PORT} (${String(error)}). Choose another one: PORT=3001 npm start`,
  );
});

const { port } = new URL(await app.getUrl());
const mode = isLocal
  ? 'local mode: an emulator of Base44 and stand-ins for Google Calendar and Slack. ' +
    'Set BASE44_APP_ID and BASE44_SERVICE_TOKEN to talk to Base44'
  : `Base44 mode: app ${BASE44_APP_ID}`;
Logger.log(`Listening on http://localhost:${port} in ${mode}`, 'Sample');

function exitWith(message: string): never {
  Logger.error(message, 'Sample');
  process.exit(1);
}
