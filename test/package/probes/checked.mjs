// Checks the health of the built application of a project with @nestjs/terminus: without a connection, with
// one, in an outage with a cached connection, and without it. Prints the status and the problem of each check.
// usage: node checked.mjs import|require
import { createRequire } from 'node:module';

const [how] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const load = how === 'require' ? require : (specifier) => import(specifier);

await load('reflect-metadata');
const { NestFactory } = await load('@nestjs/core');
const { HealthCheckService, HealthIndicatorService, TerminusModule } =
  await load('@nestjs/terminus');
const { ConnectorsHealthIndicator, ConnectorsService } = await load('nestjs-base44-connectors');
const { Base44Emulator } = await load('nestjs-base44-connectors/testing');
const { AppModule } = await load('../dist/app.module.js');

const base44 = await Base44Emulator.start();
process.env.BASE44_URL = base44.url;
process.env.BASE44_APP_ID = base44.appId;
process.env.BASE44_SERVICE_TOKEN = base44.serviceToken;

class CheckedModule {
  name = 'checked';
}
const root = {
  module: CheckedModule,
  imports: [TerminusModule.forRoot({ logger: false }), AppModule],
};
const app = await NestFactory.create(root, { logger: false });
await app.init();
const connectors = app.get(ConnectorsService);
const indicator = app.get(ConnectorsHealthIndicator);
const health = app.get(HealthCheckService);
const degraded = 'degraded' in app.get(HealthIndicatorService).check('any');

const checks = [];
const check = async () => {
  const isHealthy = () => indicator.isHealthy('connectors', { degraded, timeoutMs: 60_000 });
  const { status, details } = await health.check([isHealthy]).catch((error) => error.getResponse());
  checks.push([status, details.connectors.connectors[0].problem ?? null]);
};

await check();
base44.connect('slack');
await connectors.invalidate();
await check();
base44.fault({ times: Infinity });
await connectors.getConnection('slack', { fresh: true }).catch(() => undefined);
await check();
await connectors.invalidate();
await check();
await app.close();
await base44.close();
console.log(JSON.stringify(checks));
