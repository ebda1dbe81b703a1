import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describeWithProgram } from './describe-with-program.js';
import { findFreePort } from './free-port.js';

export const describeWithRedis = describeWithProgram('redis-server', 'REQUIRE_REDIS');

/** A redis-server on loopback that writes nothing to disk. */
export class RedisServer {
  #process: ChildProcess | undefined;

  private constructor(readonly port: number) {}

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await findFreePort());
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts an empty server, on the same port each time. */
  async start(): Promise<void> {
    const options = `--port ${this.port} --bind 127.0.0.1 --appendonly no --save`.split(' ');
    const redis = spawn('redis-server', [...options, ''], { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#process = redis;
    for await (const line of redis.stdout) {
      if (String(line).includes('Ready to accept connections')) break;
    }
  }

  /** Kills the process, as a crash does. */
  async kill(): Promise<void> {
    const redis = this.#process;
    this.#process = undefined;
    if (redis?.kill('SIGKILL')) await once(redis, 'exit');
  }

  /** Suspends the process: connections stay open, and it responds to nothing. */
  hang(): void {
    this.#process?.kill('SIGSTOP');
  }

  /** Resumes the process after {@link hang}. */
  resume(): void {
    this.#process?.kill('SIGCONT');
  }
}
