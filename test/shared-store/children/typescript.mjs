// Lets node run the sources in a process of its own, transpiled as Jest does it.
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { transform } from '@swc/core';
import jestConfig from '../../../jest.config.mjs';

const root = new URL('../../../', import.meta.url);
const [, swcOptions] = jestConfig.transform['^.+\\.ts$'];

// The hooks run in a thread of their own, which loads this file once more.
if (isMainThread) register(import.meta.url);

export function resolve(specifier, context, next) {
  if (specifier === 'nestjs-base44-connectors') return next(new URL('lib/index.ts', root).href);
  const isSource = specifier.startsWith('.') && context.parentURL?.endsWith('.ts');
  return next(isSource ? specifier.replace(/\.js$/, '.ts') : specifier, context);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const { code } = await transform(await readFile(new URL(url), 'utf8'), swcOptions);
  return { format: 'module', source: code, shortCircuit: true };
}
