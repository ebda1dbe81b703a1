/** Runs an operation in a context, such as that of a span. */
type OperationWrapper = <T>(work: () => T) => T;

/** Global, because a process may load two copies of the package, and both publish to the same channels. */
const WRAPPERS = Symbol.for('nestjs-base44-connectors.operation-wrappers');

interface Wrappable {
  readonly [WRAPPERS]?: OperationWrapper[];
}

/** Lets the subscribers of a start message wrap its operation. Call it before the message is frozen. */
export function allowWrappers(message: object): void {
  Object.defineProperty(message, WRAPPERS, { value: [] });
}

/**
 * Wraps the operation of a start message. Call it while the message is published. A store that is bound to the
 * channel cannot do this: Node.js 26 enters the store without a function, and OpenTelemetry needs a function to
 * run in a context.
 *
 * @internal
 */
export function wrapOperation(message: object, wrapper: OperationWrapper): void {
  (message as Wrappable)[WRAPPERS]?.push(wrapper);
}

/** Runs the operation of a published start message within its wrappers. */
export function runWrapped<T>(message: object, work: () => T): T {
  const { [WRAPPERS]: wrappers = [] } = message as Wrappable;
  return wrappers.reduce((run, wrapper) => () => wrapper(run), work)();
}
