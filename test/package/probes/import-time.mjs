// Prints the milliseconds that loading a package takes when its peers are loaded already.
// usage: node import-time.mjs import|require PACKAGE
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';

const [how, name] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const load = how === 'require' ? require : (specifier) => import(specifier);

await load('reflect-metadata');
await load('@nestjs/common');
await load('@nestjs/core');
await load('@nestjs/axios');
await load('axios');

const startMs = performance.now();
await load(name);
console.log(performance.now() - startMs);
process.exit();
