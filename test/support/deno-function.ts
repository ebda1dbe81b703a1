import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { sleep } from './async.js';
import { describeWithProgram } from './describe-with-program.js';
import { findFreePort } from './free-port.js';
import type { RunningFunction } from './functions-host.js';

export const describeWithDeno = describeWithProgram('deno', 'REQUIRE_DENO');

/** Longer than Deno takes on a busy machine. */
const START_MS = 25_000;

/** The environment of a function. Base44 does not set NODE_ENV. */
const MACHINE = ['PATH', 'HOME', 'DENO_DIR', 'TMPDIR'];

/** A backend function in Deno. */
export class DenoFunction implements RunningFunction {
  readonly keepsAlive = true;
  output = '';

  private constructor(
    readonly port: number,
    private readonly deno: ChildProcess,
  ) {
    for (const stream of [deno.stdout, deno.stderr]) {
      stream?.on('data', (chunk) => (this.output += String(chunk)));
    }
  }

  /** @param entry - the file of the function, below a folder whose `node_modules` has `@base44/sdk` */
  static async start(
    entry: string,
    secrets: Readonly<Record<string, string>>,
  ): Promise<DenoFunction> {
    const port = await findFreePort();
    const args = ['run', '--allow-all', '--no-check', '--node-modules-dir=manual', entry];
    const machine = MACHINE.map((name) => [name, process.env[name]] as const);
    const env = {
      ...Object.fromEntries(machine.filter(([, value]) => value !== undefined)),
      ...secrets,
      DENO_SERVE_ADDRESS: `tcp:127.0.0.1:${port}`,
    };
    const deno = spawn('deno', args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const started = new DenoFunction(port, deno);
    await started.#listening().catch(async (failure: unknown) => {
      await started.close();
      throw failure;
    });
    return started;
  }

  get residentBytes(): number {
    const { stdout } = spawnSync('ps', ['-o', 'rss=', '-p', String(this.deno.pid)]);
    return Number(stdout.toString()) * 1024;
  }

  async close(): Promise<void> {
    const isRunning = this.deno.exitCode === null && this.deno.signalCode === null;
    if (isRunning && this.deno.kill('SIGKILL')) await once(this.deno, 'exit');
  }

  async #listening(): Promise<void> {
    const deadlineAtMs = performance.now() + START_MS;
    while (!/[Ll]istening/.test(this.output)) {
      if (this.deno.exitCode !== null) throw new Error(`the function ended: ${this.output}`);
      if (performance.now() > deadlineAtMs) throw new Error(`it never listened: ${this.output}`);
      await sleep(20);
    }
  }
}
