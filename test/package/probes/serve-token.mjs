// Starts the built application of a project with its .env and an emulator. Prints its response.
// usage: node serve-token.mjs import|require
import { createRequire } from 'node:module';

const [how] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const load = how === 'require' ? require : (specifier) => import(specifier);

const { Base44Emulator } = await load('nestjs-base44-connectors/testing');
const base44 = await Base44Emulator.start({ serviceToken: 'emulated-service-token' });
base44.connect('slack', { accessToken: 'xoxb-emulated' });
// The other variables come from .env. A free port stands in for the fixed one.
process.env.BASE44_API_URL = base44.url;

await load('reflect-metadata');
const { NestFactory } = await load('@nestjs/core');
const { AppModule } = await load('../dist/app.module.js');
const app = await NestFactory.create(AppModule, { logger: ['error'] });
await app.listen(0, '127.0.0.1');
const response = await fetch(await app.getUrl());
console.log(response.status, await response.text());
await app.close();
await base44.close();
