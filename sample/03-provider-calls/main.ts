import { existsSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';

if (existsSync('.env')) process.loadEnvFile();
const app = await NestFactory.create(AppModule);
app.enableShutdownHooks();
await app.listen(process.env.PORT ?? 3000, 'localhost');
const { port } = new URL(await app.getUrl());
Logger.log(`Listening on http://localhost:${port} in local mode`, 'Sample');
