import { type PipeTransform, ValidationPipe } from '@nestjs/common';

const pipe = (transform: PipeTransform['transform']): PipeTransform => ({ transform });

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

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
];
