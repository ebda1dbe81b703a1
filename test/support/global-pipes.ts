import { type PipeTransform, ValidationPipe } from '@nestjs/common';

const pipe = (transform: PipeTransform['transform']): PipeTransform => ({ transform });

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** Clones an object as libraries do: with its prototype, its symbols and its functions. */
function cloneWithPrototype(value: unknown): unknown {
  if (!isObject(value)) return value;
  const clone = Object.create(Object.getPrototypeOf(value) as object) as object;
  for (const key of Reflect.ownKeys(value)) {
    Reflect.set(clone, key, cloneWithPrototype(Reflect.get(value, key)));
  }
  return clone;
}

/** Global pipes of applications. Each of them transforms or checks every argument of a handler. */
export const globalPipes: [string, PipeTransform[]][] = [
  ['no global pipe', []],
  [
    'the strictest ValidationPipe',
    [
      new ValidationPipe({
        transform: true,
        whitelist: true,
        forbidNonWhitelisted: true,
        forbidUnknownValues: true,
        validateCustomDecorators: true,
        transformOptions: { enableImplicitConversion: true },
      }),
    ],
  ],
  [
    'a pipe that trims strings in place',
    [
      pipe((value: unknown) => {
        if (!isObject(value)) return value;
        for (const [key, entry] of Object.entries(value)) {
          if (typeof entry === 'string') value[key] = entry.trim();
        }
        return value;
      }),
    ],
  ],
  ['a pipe that copies', [pipe((value: unknown) => (isObject(value) ? { ...value } : value))]],
  [
    'a pipe that clones',
    [pipe((value: unknown) => JSON.parse(JSON.stringify(value ?? null)) as unknown)],
  ],
  [
    'a pipe that clones deeply',
    [pipe((value: unknown) => (typeof value === 'function' ? value : structuredClone(value)))],
  ],
  ['a pipe that clones with the prototype', [pipe(cloneWithPrototype)]],
  [
    'a pipe that wraps in a proxy',
    [pipe((value: unknown) => (isObject(value) ? new Proxy(value, {}) : value))],
  ],
];
