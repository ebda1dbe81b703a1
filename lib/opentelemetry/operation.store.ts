import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, context, type Span } from '@opentelemetry/api';

/**
 * An operation that is running, with the context in which it runs.
 *
 * @internal
 */
export interface Operation {
  readonly span: Span;
  readonly context: Context;
}

/**
 * Runs an operation in its context, with any context manager. It holds the operation itself, so that its
 * end finds it without a context manager too.
 *
 * @internal
 */
export class OperationStore {
  readonly #operations = new AsyncLocalStorage<Operation | undefined>();

  get current(): Operation | undefined {
    return this.#operations.getStore();
  }

  run<Result>(operation: Operation | undefined, work: () => Result): Result {
    const run = (): Result => this.#operations.run(operation, work);
    return operation === undefined ? run() : context.with(operation.context, run);
  }
}
