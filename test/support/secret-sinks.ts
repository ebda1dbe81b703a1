import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { format, inspect } from 'node:util';
import { serialize } from 'node:v8';
import { ConsoleLogger } from '@nestjs/common';

const MAX_DEPTH = 10;
const EVERYTHING = { depth: MAX_DEPTH, showHidden: true, getters: true, maxStringLength: null };

/** Every way in which a value becomes text that somebody may read, by name. */
export function toSinks(value: unknown): Record<string, string> {
  return {
    message: textOf(() => (value as Error).message),
    stack: textOf(() => (value as Error).stack),
    string: textOf(() => String(value)),
    causes: textOf(() => causesOf(value).map((cause) => [String(cause), inspect(cause)])),
    inspection: textOf(() => inspect(value)),
    deepInspection: textOf(() => inspect(value, EVERYTHING)),
    json: textOf(() => JSON.stringify(value)),
    clone: textOf(() => inspect(structuredClone(value), EVERYTHING)),
    serialized: textOf(() => serialize(value).toString('latin1')),
    properties: textOf(() => propertiesOf(value).join('\n')),
    format: textOf(() => format('%s %j %o %O', value, value, value, value)),
    consoleError: printedBy((stream) => {
      new Console(stream, stream).error('failed:', value);
    }),
    nestText: loggedBy(new ConsoleLogger({ colors: false }), value),
    nestJson: loggedBy(new ConsoleLogger({ json: true, colors: false }), value),
  };
}

/** What the process writes to its own streams while something is done. */
function writtenDuring(work: () => void): string {
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

/** Some sinks refuse some values, which is fine: then they show nothing but their refusal. */
function textOf(sink: () => unknown): string {
  try {
    const text = sink();
    return typeof text === 'string' ? text : inspect(text, { depth: 5, maxArrayLength: null });
  } catch (refusal) {
    return String(refusal);
  }
}

function causesOf(value: unknown): unknown[] {
  const causes: unknown[] = [];
  let current = value;
  while (causes.length < MAX_DEPTH && current instanceof Error && current.cause !== undefined) {
    causes.push((current = current.cause));
  }
  return causes;
}

/** Keys and values of own properties, symbols and hidden ones included, and of inherited getters. */
function propertiesOf(value: unknown): string[] {
  const texts: string[] = [];
  const seen = new Set<unknown>();
  const visit = (current: unknown, depth: number): void => {
    if ((typeof current !== 'object' && typeof current !== 'function') || current === null) {
      texts.push(String(current));
      return;
    }
    if (depth > MAX_DEPTH || seen.has(current)) return;
    seen.add(current);
    for (const key of [...Reflect.ownKeys(current), ...inheritedGettersOf(current)]) {
      texts.push(String(key));
      try {
        visit(Reflect.get(current, key), depth + 1);
      } catch (refusal) {
        texts.push(String(refusal));
      }
    }
  };
  visit(value, 0);
  return texts;
}

function inheritedGettersOf(value: object): PropertyKey[] {
  const prototype = Reflect.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return [];
  const getters = Reflect.ownKeys(prototype).filter(
    (key) => Reflect.getOwnPropertyDescriptor(prototype, key)?.get !== undefined,
  );
  return [...getters, ...inheritedGettersOf(prototype)];
}

function loggedBy(logger: ConsoleLogger, value: unknown): string {
  return writtenDuring(() => {
    logger.error(value);
    logger.error('failed', value);
    logger.warn({ value });
    if (value instanceof Error) logger.error(value.message, value.stack, 'Test');
  });
}

function printedBy(print: (stream: Writable) => void): string {
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
