import { format, inspect, type InspectOptions } from 'node:util';

const CONSOLE_METHODS = [
  'log',
  'info',
  'warn',
  'error',
  'debug',
  'trace',
  'dir',
  'dirxml',
  'table',
  'assert',
  'count',
  'group',
  'groupCollapsed',
  'timeLog',
] as const;
const STREAMS = ['stdout', 'stderr'] as const;

type Record = (place: string, text: string) => void;

/**
 * Records the calls of the console, and passes them on. Test frameworks replace the console, so it does not
 * always write to the streams of the process.
 *
 * @returns a function that restores the console
 */
export function captureConsole(record: Record): () => void {
  return runAll(
    CONSOLE_METHODS.map((method) =>
      tap(console, method, (args) => {
        record(`console.${method}()`, formatOutput(method, args));
      }),
    ),
  );
}

function formatOutput(
  method: (typeof CONSOLE_METHODS)[number],
  [first, ...others]: unknown[],
): string {
  if (method === 'dir')
    return inspect(first, { customInspect: false, ...(others[0] as InspectOptions) });
  if (method === 'assert') return first ? '' : format(...others);
  return format(first, ...others);
}

/**
 * Records the lines that the process writes to stdout and stderr, and passes them on.
 *
 * @returns a function that restores the streams, and records the lines
 */
export function captureStreams(record: Record): () => void {
  return runAll(STREAMS.map((name) => captureStream(name, record)));
}

/** Splits into lines at the end, because a chunk may end within a line. */
function captureStream(name: (typeof STREAMS)[number], record: Record): () => void {
  let text = '';
  const restore = tap(process[name], 'write', ([chunk]) => {
    text += typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString();
  });
  return () => {
    restore();
    for (const line of text.split('\n')) record(`a line on ${name}`, line);
  };
}

/** Listens to the arguments of a method. Returns a function that restores the method. */
function tap(target: object, name: string, listen: (args: unknown[]) => void): () => void {
  const original = Object.getOwnPropertyDescriptor(target, name);
  const method = Reflect.get(target, name) as (...args: unknown[]) => unknown;
  const tapped = (...args: unknown[]): unknown => {
    listen(args);
    return method.apply(target, args);
  };
  Object.defineProperty(target, name, { value: tapped, configurable: true, writable: true });
  return () => {
    if (original) Object.defineProperty(target, name, original);
    else Reflect.deleteProperty(target, name);
  };
}

function runAll(tasks: readonly (() => void)[]): () => void {
  return () => {
    for (const task of tasks) task();
  };
}
