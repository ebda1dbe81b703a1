import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';

const { PORT = '3000' } = process.env;

const app = await NestFactory.create(AppModule);
app.enableShutdownHooks();
// For this machine only: anyone may sign in as Ada.
await app.listen(Number(PORT), 'localhost');

const { port } = new URL(await app.getUrl());
Logger.log(`Listening on http://localhost:${port} in local mode`, 'Sample');
