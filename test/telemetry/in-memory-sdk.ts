import { context, diag, type DiagLogger, metrics, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { type DataPoint, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { closeAfterTest } from '../support/close-after-test.js';

interface InMemoryOptions {
  /** @default true */
  readonly hasContextManager?: boolean;
}

/** An SDK of OpenTelemetry whose spans and metrics a test reads. */
export class InMemorySdk {
  readonly #exporter = new InMemorySpanExporter();
  readonly #reader = new ManualReader();
  /** The errors that were reported to the diagnostics. */
  readonly diagnosed: unknown[][] = [];

  /** Registers an SDK for one test. */
  static register({ hasContextManager = true }: InMemoryOptions = {}): InMemorySdk {
    const sdk = new InMemorySdk();
    const spanProcessors = [new SimpleSpanProcessor(sdk.#exporter)];
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [sdk.#reader] }));
    if (hasContextManager) {
      context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    }
    diag.setLogger(sdk.#createLogger(), { suppressOverrideMessage: true });
    closeAfterTest(() => {
      for (const api of [trace, metrics, context, diag]) api.disable();
    });
    return sdk;
  }

  /** The spans in the order of their ends. */
  get spans(): ReadableSpan[] {
    return this.#exporter.getFinishedSpans();
  }

  getSpan(name: string): ReadableSpan {
    const span = this.spans.find((each) => each.name === name);
    if (span === undefined) throw new Error(`no span ${name} in ${toTree(this.spans)}`);
    return span;
  }

  /** Returns the data points of each metric by its name. */
  async collect(): Promise<Record<string, DataPoint<unknown>[]>> {
    const collected = await this.collectMetrics();
    return Object.fromEntries(
      collected.map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints]),
    );
  }

  async collectMetrics() {
    const { resourceMetrics } = await this.#reader.collect();
    return resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
  }

  #createLogger(): DiagLogger {
    const ignore = (): void => undefined;
    const error = (...parts: unknown[]): void => {
      this.diagnosed.push(parts);
    };
    return { error, warn: ignore, info: ignore, debug: ignore, verbose: ignore };
  }
}

class ManualReader extends MetricReader {
  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }

  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }
}

/** Returns the spans as a tree, in the order of their starts. */
export function toTree(spans: readonly ReadableSpan[]): string {
  const known = new Set(spans.map((span) => span.spanContext().spanId));
  const getChildren = (parent: string | undefined): ReadableSpan[] =>
    spans
      .filter(({ parentSpanContext }) =>
        parent === undefined
          ? !known.has(parentSpanContext?.spanId ?? '')
          : parentSpanContext?.spanId === parent,
      )
      .sort((a, b) => toMs(a.startTime) - toMs(b.startTime));
  const print = (span: ReadableSpan, depth: number): string[] => [
    '  '.repeat(depth) + describe(span),
    ...getChildren(span.spanContext().spanId).flatMap((child) => print(child, depth + 1)),
  ];
  return getChildren(undefined)
    .flatMap((root) => print(root, 0))
    .join('\n');
}

function describe({ name, attributes }: ReadableSpan): string {
  const facts = [attributes['http.response.status_code'], attributes['error.type']];
  return [name, ...facts.filter((fact) => fact !== undefined)].join(' ');
}

function toMs([seconds, nanoseconds]: readonly [number, number]): number {
  return seconds * 1_000 + nanoseconds / 1_000_000;
}
