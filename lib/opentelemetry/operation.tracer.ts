import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import type {
  CallMessage,
  CallStartMessage,
  RequestMessage,
  RequestStartMessage,
} from '../interfaces/telemetry.interface.js';
import type { OperationChannels } from '../telemetry/channels.js';
import { wrapOperation } from '../telemetry/operation-wrapper.js';
import { toSpanAttributes } from './attributes.js';
import { limitName } from './connector-names.js';
import { guard } from './guard.js';
import { type Operation, OperationStore } from './operation.store.js';
import { SCOPE } from './scope.js';

/**
 * Creates a span for each operation of two channels. The operation runs in the context of its span, so the
 * spans of HTTP instrumentation become its children.
 *
 * @internal
 */
export class OperationTracer<Message extends RequestMessage | CallMessage> {
  readonly #store = new OperationStore();
  readonly #running = new Set<Operation>();
  #isStopped = false;

  /** @param record - records the metrics of an operation, in the context of its span */
  constructor(
    private readonly name: string,
    private readonly channels: OperationChannels,
    private readonly record: (message: Message) => void,
  ) {
    subscribe(channels.start.name, this.#start);
    subscribe(channels.end.name, this.#end);
  }

  /** Traces no further operations. Those that are running are reported when they end. */
  stop(): void {
    unsubscribe(this.channels.start.name, this.#start);
    this.#isStopped = true;
    this.#unsubscribeIfIdle();
  }

  /** Hides an outer operation even if no span was created, because the end of this one would end its span. */
  readonly #start = (published: unknown): void => {
    const operation = this.#createOperation(published as RequestStartMessage | CallStartMessage);
    wrapOperation(published as object, (work) => this.#store.run(operation, work));
  };

  readonly #createOperation = guard(
    (message: RequestStartMessage | CallStartMessage): Operation => {
      const name = `connectors.${this.name} ${limitName(message.connector)}`;
      const span = trace
        .getTracer(SCOPE)
        .startSpan(name, { attributes: toSpanAttributes(message) });
      const operation = { span, context: trace.setSpan(context.active(), span) };
      this.#running.add(operation);
      return operation;
    },
  );

  readonly #end = guard((published: unknown): void => {
    const operation = this.#store.current;
    // An operation that started before the subscription has no span.
    if (operation === undefined || !this.#running.delete(operation)) return;
    const message = published as Message;
    const { span } = operation;
    try {
      this.record(message);
      span.setAttributes(toSpanAttributes(message));
      if (message.errorType !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
    } finally {
      span.end();
      this.#unsubscribeIfIdle();
    }
  });

  #unsubscribeIfIdle(): void {
    if (this.#isStopped && this.#running.size === 0) {
      unsubscribe(this.channels.end.name, this.#end);
    }
  }
}
