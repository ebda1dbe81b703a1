import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { format, inspect } from 'node:util';
import { serialize } from 'node:v8';
import { ConsoleLogger } from '@nestjs/common';

const MAX_DEPTH = 10;
const EVERYTHING = { depth: MAX_DEPTH, showHidden: true, getters: true, maxStringLength: null };

/** Every way in which a value becomes text, by name. */
export function toSinks(value: unknown): Record<string, string> {
  return {
    message: toText(() => (value as Error).message),
    stack: toText(() => (value as Error).stack),
    string: toText(() => String(value)),
    causes: toText(() => getCauses(value).map((cause) => [String(cause), inspect(cause)])),
    inspection: toText(() => inspect(value)),
    deepInspection: toText(() => inspect(value, EVERYTHING)),
    json: toText(() => JSON.stringify(value)),
    clone: toText(() => inspect(structuredClone(value), EVERYTHING)),
    serialized: toText(() => serialize(value).toString('latin1')),
    properties: toText(() => listProperties(value).join('\n')),
    format: toText(() => format('%s %j %o %O', value, value, value, value)),
    consoleError: capturePrint((stream) => {
      new Console(stream, stream).error('failed:', value);
    }),
    nestText: logWith(new ConsoleLogger({ colors: false }), value),
    nestJson: logWith(new ConsoleLogger({ json: true, colors: false }), value),
  };
}

/** Returns the text that the process writes to its own streams during some work. */
function captureWrites(work: () => void): string {
  const streams = [process.stdout, process.stderr];
  const writes = streams.map((stream) => stream.write.bind(stream));
  let text = '';
  for (const stream of streams) {
    stream.write = (chunk: string | Uint8Array) => {
      text += String(chunk);
      return true;
    };
  }
  try {
    work();
  } finally {
    streams.forEach((stream, index) => {
      stream.write = writes[index]!;
    });
  }
  return text;
}

/** Some sinks throw at some values. Then the text is that of their error. */
function toText(sink: () => unknown): string {
  try {
    const text = sink();
    return typeof text === 'string' ? text : inspect(text, { depth: 5, maxArrayLength: null });
  } catch (error) {
    return String(error);
  }
}

function getCauses(value: unknown): unknown[] {
  const causes: unknown[] = [];
  let current = value;
  while (causes.length < MAX_DEPTH && current instanceof Error && current.cause !== undefined) {
    causes.push((current = current.cause));
  }
  return causes;
}

/** Returns keys and values of own properties, with symbols and hidden ones, and of inherited getters. */
function listProperties(value: unknown): string[] {
  const texts: string[] = [];
  const seen = new Set<unknown>();
  const visit = (current: unknown, depth: number): void => {
    if ((typeof current !== 'object' && typeof current !== 'function') || current === null) {
      texts.push(String(current));
      return;
    }
    if (depth > MAX_DEPTH || seen.has(current)) return;
    seen.add(current);
    for (const key of [...Reflect.ownKeys(current), ...getInheritedGetters(current)]) {
      texts.push(String(key));
      try {
        visit(Reflect.get(current, key), depth + 1);
      } catch (error) {
        texts.push(String(error));
      }
    }
  };
  visit(value, 0);
  return texts;
}

function getInheritedGetters(value: object): PropertyKey[] {
  const prototype = Reflect.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return [];
  const getters = Reflect.ownKeys(prototype).filter(
    (key) => Reflect.getOwnPropertyDescriptor(prototype, key)?.get !== undefined,
  );
  return [...getters, ...getInheritedGetters(prototype)];
}

function logWith(logger: ConsoleLogger, value: unknown): string {
  return captureWrites(() => {
    logger.error(value);
    logger.error('failed', value);
    logger.warn({ value });
    if (value instanceof Error) logger.error(value.message, value.stack, 'Test');
  });
}

function capturePrint(print: (stream: Writable) => void): string {
  let text = '';
  print(
    new Writable({
      write(chunk, _encoding, done) {
        text += String(chunk);
        done();
      },
    }),
  );
  return text;
}
