// Prints the files that importing or requiring packages loads, ES modules and CommonJS alike.
// usage: node loaded-files.mjs import|require PACKAGE...
import { Session } from 'node:inspector';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const [how, ...packages] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const load = how === 'require' ? require : (name) => import(name);

const files = new Set();
const session = new Session();
session.connect();
session.on('Debugger.scriptParsed', ({ params: { url } }) => {
  if (url.startsWith('file:')) files.add(fileURLToPath(url));
});
session.post('Debugger.enable');

for (const name of packages) await load(name);
session.disconnect();
console.log(JSON.stringify([...files]));
