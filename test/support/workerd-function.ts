import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { ROOT } from './compile.js';
import type { RunningFunction } from './functions-host.js';

const HOST = path.join(import.meta.dirname, 'workerd/host.mjs');

/** A backend function in workerd, in which Base44 runs deployed functions. */
export class WorkerdFunction implements RunningFunction {
  readonly keepsAlive = false;
  output = '';
  port = 0;

  private constructor(private readonly host: ChildProcess) {
    for (const stream of [host.stdout, host.stderr]) {
      stream?.on('data', (chunk) => (this.output += String(chunk)));
    }
  }

  static async start(
    entry: string,
    secrets: Readonly<Record<string, string>>,
  ): Promise<WorkerdFunction> {
    const { PATH, HOME, TMPDIR } = process.env;
    const env = { PATH, HOME, TMPDIR, ...secrets };
    const host = fork(HOST, [entry, path.join(ROOT, 'node_modules')], { env, silent: true });
    const started = new WorkerdFunction(host);
    started.port = await started.#listening();
    return started;
  }

  /** The memory of workerd, which is a child of the process that bundles the function. */
  get residentBytes(): number {
    const { stdout } = spawnSync('ps', ['-o', 'rss=', '--ppid', String(this.host.pid)]);
    return Number(stdout.toString().trim().split('\n')[0]) * 1024;
  }

  async close(): Promise<void> {
    if (this.host.exitCode !== null) return;
    this.host.disconnect();
    await once(this.host, 'exit');
  }

  async #listening(): Promise<number> {
    const ended = once(this.host, 'exit').then(() => {
      throw new Error(`the function ended: ${this.output}`);
    });
    const [{ port }] = (await Promise.race([once(this.host, 'message'), ended])) as [
      { port: number },
    ];
    return port;
  }
}
