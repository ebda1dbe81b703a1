import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from './free-port.js';

const isInstalled = spawnSync('redis-server', ['--version']).status === 0;

/**
 * `describe` for tests that need a redis-server. Without one they do not run, and
 * say so; with REQUIRE_REDIS=1 that is a failure.
 */
export function describeWithRedis(name: string, tests: () => void): void {
  if (isInstalled) {
    describe(name, tests);
    return;
  }
  it(`${name}: not tested, for want of redis-server`, () => {
    const message = 'redis-server is not installed: the tests of the shared store did not run';
    if (process.env.REQUIRE_REDIS === '1') throw new Error(message);
    console.warn(message);
  });
}

/** A redis-server of one's own on loopback, which keeps nothing on disk. */
export class RedisServer {
  #process: ChildProcess | undefined;

  private constructor(readonly port: number) {}

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort());
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts on the same port again, empty. */
  async start(): Promise<void> {
    const options = `--port ${this.port} --bind 127.0.0.1 --appendonly no --save`.split(' ');
    const redis = spawn('redis-server', [...options, ''], { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#process = redis;
    for await (const line of redis.stdout) {
      if (String(line).includes('Ready to accept connections')) break;
    }
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    const redis = this.#process;
    this.#process = undefined;
    if (redis?.kill('SIGKILL')) await once(redis, 'exit');
  }

  /** Lets it hang: connections stay open, nothing is answered. */
  hang(): void {
    this.#process?.kill('SIGSTOP');
  }

  /** Lets it go on where it hung. */
  resume(): void {
    this.#process?.kill('SIGCONT');
  }
}
