import { ConsoleSpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

/** Prints the spans to the console. Your application exports them to a collector. */
export function startTracing(): void {
  const spanProcessors = [new SimpleSpanProcessor(new ConsoleSpanExporter())];
  new NodeTracerProvider({ spanProcessors }).register();
}
