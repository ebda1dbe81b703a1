import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { type Span, SpanKind, trace } from '@opentelemetry/api';
import { closeAfterTest } from '../support/close-after-test.js';

interface FetchRequest {
  readonly method: string;
  readonly path: string;
}

/** Creates a span for each request of `node:http` and of `fetch` in one test, as the instrumentations do. */
export function instrumentClients(): void {
  const spans = new WeakMap<object, Span>();
  const start = (request: object, { method, path }: FetchRequest): void => {
    const name = `${method} ${path.replace(/apps\/[^/]+/, 'apps/:app')}`;
    spans.set(request, trace.getTracer('clients').startSpan(name, { kind: SpanKind.CLIENT }));
  };
  const end = (request: object, status: number | undefined): void => {
    spans
      .get(request)
      ?.setAttribute('http.response.status_code', status ?? 0)
      .end();
  };
  const listeners = {
    'http.client.request.start': ({ request }: { request: ClientRequest }) => {
      start(request, request);
    },
    'http.client.response.finish': (message: {
      request: ClientRequest;
      response: { statusCode?: number };
    }) => {
      end(message.request, message.response.statusCode);
    },
    'undici:request:create': ({ request }: { request: FetchRequest }) => {
      start(request, request);
    },
    'undici:request:headers': (message: {
      request: FetchRequest;
      response: { statusCode: number };
    }) => {
      end(message.request, message.response.statusCode);
    },
  } as Record<string, (message: unknown) => void>;
  for (const [name, listener] of Object.entries(listeners)) subscribe(name, listener);
  closeAfterTest(() => {
    for (const [name, listener] of Object.entries(listeners)) unsubscribe(name, listener);
  });
}
