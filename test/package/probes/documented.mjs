// Creates the OpenAPI document of the built application of a project with @nestjs/swagger, and prints
// the statuses of each operation.
// usage: node documented.mjs import|require
import { createRequire } from 'node:module';

const [how] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const load = how === 'require' ? require : (specifier) => import(specifier);

process.env.BASE44_APP_ID = 'app1';
process.env.BASE44_SERVICE_TOKEN = 'svc_1';

await load('reflect-metadata');
const { NestFactory } = await load('@nestjs/core');
const { DocumentBuilder, SwaggerModule } = await load('@nestjs/swagger');
const { documentConnectors } = await load('nestjs-base44-connectors');
const { AppModule } = await load('../dist/app.module.js');

const app = await NestFactory.create(AppModule, { logger: ['error'] });
await app.init();
const created = SwaggerModule.createDocument(app, new DocumentBuilder().build());
await app.close();
const operations = Object.entries(documentConnectors(created).paths).map(([path, { get }]) => [
  path,
  Object.keys(get.responses),
]);
console.log(JSON.stringify(Object.fromEntries(operations)));
