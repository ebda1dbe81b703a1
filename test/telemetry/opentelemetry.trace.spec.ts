import { Controller, Get, type MiddlewareConsumer, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { context, SpanKind, trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { ConnectorFetch, ConnectorsModule, ConnectorToken } from 'nestjs-base44-connectors';
import { ConnectorsOpenTelemetryModule } from 'nestjs-base44-connectors/opentelemetry';
import { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { getJson } from '../decorators/get-json.js';
import { goodToken, Provider } from '../provider-calls/provider-calls.fixture.js';
import { closeAfterTest } from '../support/close-after-test.js';
import { printFigure } from '../support/print-figure.js';
import { toOptions } from '../support/to-options.js';
import { instrumentClients } from './instrumented-clients.js';
import { InMemorySdk, toTree } from './in-memory-sdk.js';

type Next = () => void;

/** Creates the span of a request, as the instrumentation of HTTP servers does. */
function traceHttpRequest(
  { method, path }: { method: string; path: string },
  response: { once(event: 'finish', listener: Next): unknown },
  next: Next,
): void {
  const span = trace.getTracer('server').startSpan(`${method} ${path}`, { kind: SpanKind.SERVER });
  response.once('finish', () => {
    span.end();
  });
  context.with(trace.setSpan(context.active(), span), next);
}

@Controller()
class MessagesController {
  @Get('messages')
  async messages(
    @ConnectorToken('slack') token: string,
    @ConnectorFetch('slack') send: typeof fetch,
  ): Promise<unknown> {
    return { hasToken: token !== '', sent: await (await send('/messages')).json() };
  }
}

async function startApp() {
  const base44 = await Base44Emulator.start();
  closeAfterTest(() => base44.close());
  const provider = await Provider.start();
  base44.connect('slack', { accessToken: goodToken(provider) });

  @Module({
    imports: [
      ConnectorsModule.forRoot(toOptions(base44)),
      ConnectorsModule.forFeature([{ connector: 'slack', baseURL: provider.url }]),
      ConnectorsOpenTelemetryModule.register(),
    ],
    controllers: [MessagesController],
  })
  class AppModule {
    configure(consumer: MiddlewareConsumer): void {
      consumer.apply(traceHttpRequest).forRoutes(MessagesController);
    }
  }

  const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
  const app = module.createNestApplication({ logger: false });
  closeAfterTest(() => app.close());
  await app.listen(0, '127.0.0.1');
  return { base44, provider, get: async () => getJson(`${await app.getUrl()}/messages`) };
}

it('A trace leads from the HTTP request through the decorators to Base44 and the provider', async () => {
  const sdk = InMemorySdk.register();
  instrumentClients();
  const { base44, provider, get } = await startApp();
  base44.connect('slack', { accessToken: 'a-token-that-the-provider-revoked' });
  provider.beforeUnauthorized = () => {
    base44.connect('slack', { accessToken: goodToken(provider) });
    return undefined;
  };

  await expect(get()).resolves.toMatchObject({ hasToken: true, sent: { path: '/messages' } });

  const tree = toTree(findTrace(sdk.spans));
  printFigure('the trace of a request whose first token is revoked', `\n${tree}`);
  expect(tree).toBe(`GET /messages
  connectors.request slack
    GET /api/apps/:app/external-auth/tokens/slack 200
  connectors.call slack 200
    GET /messages 401
    connectors.request slack
      GET /api/apps/:app/external-auth/tokens/slack 200
    GET /messages 200`);
});

/** Returns the spans of the request that the application received. */
function findTrace(spans: readonly ReadableSpan[]): ReadableSpan[] {
  const getTraceId = (span: ReadableSpan): string => span.spanContext().traceId;
  const received = spans.find(({ kind }) => kind === SpanKind.SERVER);
  return spans.filter((span) => received && getTraceId(span) === getTraceId(received));
}
