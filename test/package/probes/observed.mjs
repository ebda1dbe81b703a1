// Starts the built application of a project beside @nestjs/observe, and calls its routes. Prints
// their statuses, and whether the telemetry names the package's service and holds a token.
// usage: node observed.mjs import|require
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

const [how] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const load = how === 'require' ? require : (specifier) => import(specifier);

await load('reflect-metadata');
const { NestFactory } = await load('@nestjs/core');
const { createObserveModule } = await load('@nestjs/observe');
const { Base44Emulator } = await load('nestjs-base44-connectors/testing');
const { AppModule } = await load('../dist/app.module.js');

const collector = createServer().listen(0, '127.0.0.1');
const collected = once(collector, 'request').then(async ([request, response]) => {
  const telemetry = gunzipSync(await buffer(request)).toString();
  response.writeHead(202).end();
  return telemetry;
});
await once(collector, 'listening');

const base44 = await Base44Emulator.start();
base44.connect('slack', { accessToken: 'xoxb-packed' });
process.env.BASE44_URL = base44.url;
process.env.BASE44_APP_ID = base44.appId;
process.env.BASE44_SERVICE_TOKEN = base44.serviceToken;

class ObservedModule {
  name = 'observed';
}
const { ObserveModule, ObserveInstrument } = createObserveModule();
const observe = ObserveModule.forRoot({
  appKey: 'key',
  appSecret: 'secret',
  serviceId: 'observed',
  endpoint: `http://127.0.0.1:${collector.address().port}`,
  flushInterval: 1_000,
});
const app = await NestFactory.create(
  { module: ObservedModule, imports: [observe, AppModule] },
  { logger: ['error'], instrument: ObserveInstrument },
);
await app.listen(0, '127.0.0.1');
const statuses = [];
for (const route of ['slack/decorator', 'slack/service']) {
  statuses.push((await fetch(`${await app.getUrl()}/${route}`)).status);
}
const telemetry = await collected;
await app.close();
await base44.close();
collector.close();
const isObserved = telemetry.includes('"ConnectorsService"');
const holdsToken = ['xoxb-packed', base44.serviceToken].some((token) => telemetry.includes(token));
console.log(JSON.stringify({ statuses, isObserved, holdsToken }));
