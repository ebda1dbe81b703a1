/**
 * Runs a backend function in workerd, as `base44 dev` does. The environment contains the secrets.
 * Sends the port to the process that forked this one, and ends when that process disconnects.
 */

import { Miniflare } from 'miniflare';
import { bundleFunction } from './bundle-function.mjs';

const [entry, modules] = process.argv.slice(2);

const miniflare = new Miniflare({
  modules: [
    { type: 'ESModule', path: '/function.mjs', contents: await bundleFunction(entry, modules) },
  ],
  modulesRoot: '/',
  compatibilityDate: '2026-06-01',
  compatibilityFlags: ['nodejs_compat'],
  host: '127.0.0.1',
  port: 0,
  bindings: { ...process.env },
  handleRuntimeStdio: (stdout, stderr) => {
    stdout.pipe(process.stdout);
    stderr.pipe(process.stderr);
  },
});

process.once('disconnect', () => {
  void miniflare.dispose().finally(() => process.exit());
});
const { port } = await miniflare.ready;
process.send({ port: Number(port) });
