import { NestFactory } from '@nestjs/core';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { AppModule } from './app.module.js';

/** Serves the app over HTTP, calls both of its routes and prints their responses. */
async function main(): Promise<void> {
  const base44 = await Base44Emulator.start();
  base44.connect('slack', { accessToken: 'xoxb-packed' });
  process.env.BASE44_URL = base44.url;
  process.env.BASE44_APP_ID = base44.appId;
  process.env.BASE44_SERVICE_TOKEN = base44.serviceToken;

  const app = await NestFactory.create(AppModule, { logger: ['error'] });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  for (const route of ['slack/decorator', 'slack/service']) {
    const answer = await fetch(`${url}/${route}`);
    console.log(route, answer.status, await answer.text());
  }

  await app.close();
  await base44.close();
}

void main();
