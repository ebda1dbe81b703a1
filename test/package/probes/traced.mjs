// Starts an application that reports to OpenTelemetry, and calls a route whose first token the provider
// rejects. Prints the spans of that request as a tree, and the names of the metrics.
// usage: node traced.mjs import|require with|without
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire, register } from 'node:module';

const [how, instrumentations] = process.argv.slice(2);
/** The repository does not have it, but the project has. */
const INSTRUMENTATION = '@opentelemetry/instrumentation';
const require = createRequire(import.meta.url);
const load = how === 'require' ? require : (specifier) => import(specifier);

const { context, metrics, SpanKind, trace } = await load('@opentelemetry/api');
const { AsyncLocalStorageContextManager } = await load('@opentelemetry/context-async-hooks');
const { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } = await load(
  '@opentelemetry/sdk-trace',
);
const { MeterProvider, MetricReader } = await load('@opentelemetry/sdk-metrics');

class ManualReader extends MetricReader {
  onShutdown = () => Promise.resolve();
  onForceFlush = () => Promise.resolve();
}

const exporter = new InMemorySpanExporter();
const reader = new ManualReader();
const spanProcessors = [new SimpleSpanProcessor({ exporter })];
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors }));
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
if (instrumentations === 'with') await instrument();

await load('reflect-metadata');
const { Controller, Get, Module } = await load('@nestjs/common');
const { NestFactory } = await load('@nestjs/core');
const core = await load('nestjs-base44-connectors');
const { ConnectorsOpenTelemetryModule } = await load('nestjs-base44-connectors/opentelemetry');
const { Base44Emulator } = await load('nestjs-base44-connectors/testing');

const base44 = await Base44Emulator.start();
base44.connect('slack', { accessToken: 'rejected' });
const provider = createServer(({ headers }, response) => {
  const isRejected = headers.authorization === 'Bearer rejected';
  base44.connect('slack', { accessToken: 'accepted' });
  response.writeHead(isRejected ? 401 : 200, { 'Content-Type': 'application/json' }).end('{}');
});
await once(provider.listen(0, '127.0.0.1'), 'listening');

class MessagesController {
  async send(token, fetchSlack) {
    return { hasToken: token === 'rejected', status: (await fetchSlack('/messages')).status };
  }
}
const { prototype } = MessagesController;
core.ConnectorToken('slack')(prototype, 'send', 0);
core.ConnectorFetch('slack')(prototype, 'send', 1);
Get()(prototype, 'send', Object.getOwnPropertyDescriptor(prototype, 'send'));
Controller('messages')(MessagesController);

class AppModule {
  name = 'traced';
}
const { appId, serviceToken, url: serverUrl } = base44;
const baseURL = `http://127.0.0.1:${provider.address().port}`;
Module({
  imports: [
    core.ConnectorsModule.forRoot({ appId, serviceToken, serverUrl }),
    core.ConnectorsModule.forFeature([{ connector: 'slack', baseURL }]),
    ConnectorsOpenTelemetryModule.register(),
  ],
  controllers: [MessagesController],
})(AppModule);

const app = await NestFactory.create(AppModule, { logger: ['error'] });
await app.listen(0, '127.0.0.1');
const response = await fetch(`${await app.getUrl()}/messages`);
const body = await response.json();
await app.close();
await base44.close();
provider.close();

const { resourceMetrics } = await reader.collect();
const measured = resourceMetrics.scopeMetrics.flatMap((scope) =>
  scope.metrics.map(({ descriptor }) => descriptor.name),
);
console.log(
  JSON.stringify({
    body,
    tree: toTree(exporter.getFinishedSpans()),
    metrics: measured.filter((name) => name.startsWith('base44.')),
  }),
);

async function instrument() {
  if (how === 'import') {
    register(`${INSTRUMENTATION}/hook.mjs`, import.meta.url);
  }
  const { registerInstrumentations } = await load(INSTRUMENTATION);
  const { HttpInstrumentation } = await load('@opentelemetry/instrumentation-http');
  const { UndiciInstrumentation } = await load('@opentelemetry/instrumentation-undici');
  registerInstrumentations({
    instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()],
  });
}

/** The traces that contain spans of the package, one line for each span. */
function toTree(spans) {
  const traceOf = (span) => span.spanContext().traceId;
  const isOwn = ({ name }) => name.startsWith('connectors.');
  const traces = new Set(spans.filter(isOwn).map(traceOf));
  const shown = spans.filter((span) => traces.has(traceOf(span)));
  const ids = new Set(shown.map((span) => span.spanContext().spanId));
  const print = (span, depth) => [
    `${'  '.repeat(depth)}${SpanKind[span.kind]} ${span.name}`,
    ...byStart(shown.filter((child) => parentOf(child) === span.spanContext().spanId)).flatMap(
      (child) => print(child, depth + 1),
    ),
  ];
  return byStart(shown.filter((span) => !ids.has(parentOf(span)))).flatMap((root) =>
    print(root, 0),
  );
}

function parentOf({ parentSpanContext }) {
  return parentSpanContext?.spanId;
}

function byStart(spans) {
  const toMs = ({ startTime: [seconds, nanoseconds] }) => seconds * 1e3 + nanoseconds / 1e6;
  return spans.sort((a, b) => toMs(a) - toMs(b));
}
