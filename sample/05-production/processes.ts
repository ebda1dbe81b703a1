import cluster from 'node:cluster';
import { once } from 'node:events';

/**
 * Starts processes of this program, which share one port, and passes the signals to stop on to them.
 * Resolves when all of them have exited.
 */
export async function runProcesses(count: number): Promise<void> {
  const workers = Array.from({ length: count }, () => cluster.fork());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      for (const worker of workers) worker.process.kill(signal);
    });
  }
  await Promise.all(workers.map((worker) => once(worker, 'exit')));
}
