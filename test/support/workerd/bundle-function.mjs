/**
 * Bundles a backend function into the code of a Worker, as `base44 dev` of the npm package `base44`
 * 0.1.18 does. That package takes modules from the network, and this takes them from `node_modules`.
 */

import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { build, stop } from 'esbuild';

/** The module `base44:runtime`. */
const RUNTIME = `
export const secrets = { get: (name) => globalThis.Base44.secrets.get(name) };
export function waitUntil(promise) {
  globalThis.Base44.waitUntil(promise);
  return promise;
}
`;

/** The Worker that provides the globals of a function, and imports it with the first request. */
const toWorker = (entry) => `
import { AsyncLocalStorage } from 'node:async_hooks';

const store = new AsyncLocalStorage();
let servedHandler = null;
let init;

globalThis.Base44 = {
  waitUntil: (promise) => store.getStore()?.ctx.waitUntil(promise),
  secrets: {
    get(name) {
      const value = store.getStore()?.env?.[String(name)];
      return typeof value === 'string' ? value : undefined;
    },
  },
};
globalThis.Deno = {
  env: { get: (name) => globalThis.Base44.secrets.get(name) },
  serve(handler) {
    servedHandler = handler;
  },
};

export default {
  fetch: (request, env, ctx) =>
    store.run({ env, ctx }, async () => {
      init ??= import(${JSON.stringify(entry)});
      const { default: exported } = await init;
      return (servedHandler ?? exported)(request);
    }),
};
`;

/** The name and the exact version in an import such as `npm:@base44/sdk@0.8.50`. */
const NPM = /^npm:((?:@[^/@]+\/)?[^/@]+)@(\d+\.\d+\.\d+)$/;

/** @returns {import('esbuild').Plugin} */
function createResolver(modules) {
  return {
    name: 'base44',
    setup(bundler) {
      bundler.onResolve({ filter: /^base44:runtime$/ }, (args) => ({
        path: args.path,
        namespace: 'runtime',
      }));
      bundler.onLoad({ filter: /.*/, namespace: 'runtime' }, () => ({ contents: RUNTIME }));

      bundler.onResolve({ filter: /^npm:/ }, async (args) => {
        const [, name, version] = NPM.exec(args.path) ?? [];
        if (name === undefined) throw new Error(`${args.path} names no exact version`);
        const manifest = await readFile(path.join(modules, name, 'package.json'), 'utf8');
        const { version: installed } = JSON.parse(manifest);
        if (installed !== version) throw new Error(`${args.path}: ${installed} is installed`);
        return bundler.resolve(name, { resolveDir: modules, kind: 'import-statement' });
      });

      // A Worker has these modules. It imports them, so require() gets a module that imports them.
      bundler.onResolve({ filter: /.*/ }, ({ path: name, kind, namespace }) => {
        if (!isBuiltin(name)) return undefined;
        const specifier = name.startsWith('node:') ? name : `node:${name}`;
        return kind === 'require-call' && namespace !== 'builtin'
          ? { path: specifier, namespace: 'builtin' }
          : { path: specifier, external: true };
      });
      bundler.onLoad({ filter: /.*/, namespace: 'builtin' }, (args) => ({
        contents: `import * as builtin from '${args.path}';
module.exports = builtin.default ?? builtin;`,
      }));
    },
  };
}

/**
 * @param entry - the file of the function
 * @param modules - the folder `node_modules` with the packages that it imports by `npm:`
 */
export async function bundleFunction(entry, modules) {
  const { outputFiles } = await build({
    stdin: { contents: toWorker(entry), sourcefile: 'worker.mjs', resolveDir: path.dirname(entry) },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['workerd', 'worker', 'browser', 'module'],
    define: { __dirname: '"/"', __filename: '"/index.js"' },
    logLevel: 'silent',
    plugins: [createResolver(modules)],
  });
  await stop();
  return outputFiles[0].text;
}
