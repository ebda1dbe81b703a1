import { existsSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { LocalWorld } from './local-world.js';

if (existsSync('.env')) process.loadEnvFile();
const world = await LocalWorld.start();
Object.assign(process.env, {
  BASE44_APP_ID: world.base44.appId,
  BASE44_SERVICE_TOKEN: world.base44.serviceToken,
  BASE44_API_URL: world.base44.url,
  SLACK_API_URL: world.slackUrl,
});

// Imported when the environment is complete, because the module reads it.
const { AppModule } = await import('./app.module.js');

const app = await NestFactory.create(AppModule);
app.enableShutdownHooks();
await app.listen(process.env.PORT ?? 3000, 'localhost');
const { port } = new URL(await app.getUrl());
const url = `http://localhost:${port}`;
Logger.log(`Listening on ${url} in local mode`, 'Sample');

for (const path of ['before', 'after']) {
  const before = world.base44.requests.length;
  const statuses = new Set<number>();
  for (let call = 0; call < 10; call++) statuses.add((await fetch(`${url}/${path}`)).status);
  const requests = world.base44.requests.length - before;
  Logger.log(
    `GET /${path}: 10 × ${[...statuses].join()}, requests to Base44: ${requests}`,
    'Sample',
  );
}
