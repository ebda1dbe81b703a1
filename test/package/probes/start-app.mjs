// Starts the built application of a project. Prints the status of an unknown path, and the error of
// connectors.http(), or null.
// usage: node start-app.mjs import|require
import { createRequire } from 'node:module';

const [how] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const load = how === 'require' ? require : (specifier) => import(specifier);

await load('reflect-metadata');
const { NestFactory } = await load('@nestjs/core');
const { ConnectorsService } = await load('nestjs-base44-connectors');
const { AppModule } = await load('../dist/app.module.js');

const app = await NestFactory.create(AppModule, { logger: ['error'] });
await app.listen(0, '127.0.0.1');
const { status } = await fetch(`${await app.getUrl()}/unknown`);
let httpError = null;
try {
  app.get(ConnectorsService).http('slack');
} catch (error) {
  httpError = error.message;
}
await app.close();
console.log(JSON.stringify({ status, httpError }));
