import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const NOT_SERVED = 'the process ended before it answered';

/**
 * Starts a script in another process, which has its own heap, compiled code and core.
 *
 * @param url - of a script that calls `serveParent`
 * @param execArgv - options of Node.js, such as `--expose-gc`
 */
export async function startWorker(url, { execArgv = [] } = {}) {
  const env = { ...process.env, NODE_ENV: 'production', NO_COLOR: '1' };
  const child = fork(fileURLToPath(url), { execArgv, env });
  const ended = once(child, 'exit').then(() => {
    throw new Error(`${url}: ${NOT_SERVED}`);
  });
  ended.catch(() => undefined);
  await Promise.race([once(child, 'message'), ended]);
  return {
    /** Calls a function of the script. */
    async ask(name, ...args) {
      child.send({ name, args });
      const [{ error, result }] = await Promise.race([once(child, 'message'), ended]);
      if (error) throw new Error(`${name} in ${url}\n${error}`);
      return result;
    },
    async stop() {
      if (child.exitCode === null) child.kill('SIGKILL');
      await ended.catch(() => undefined);
    },
  };
}

/** Called by the script. Serves functions to the parent, one call at a time. */
export function serveParent(functions) {
  process.on('message', async ({ name, args }) => {
    try {
      process.send({ result: await functions[name](...args) });
    } catch (error) {
      process.send({ error: error.stack });
    }
  });
  process.on('disconnect', () => process.exit());
  process.send('ready');
}

/** Runs `use` with a worker, and ends the worker also when `use` fails. */
export async function withWorker(url, options, use) {
  const worker = await startWorker(url, options);
  try {
    return await use(worker);
  } finally {
    await worker.stop();
  }
}
