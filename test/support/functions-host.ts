import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  Agent,
  createServer,
  type IncomingMessage,
  request as send,
  type ServerResponse,
} from 'node:http';
import type { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { sleep } from './async.js';
import { describeWithProgram } from './describe-with-program.js';
import { findFreePort } from './free-port.js';
import { type OpenServer, openServer } from './open-server.js';

export const describeWithDeno = describeWithProgram('deno', 'REQUIRE_DENO');

/** Longer than Deno takes on a busy machine. */
const START_MS = 25_000;

/** The environment of a function. Base44 does not set NODE_ENV. */
const MACHINE = ['PATH', 'HOME', 'DENO_DIR', 'TMPDIR'];

/**
 * Runs a backend function in Deno and forwards requests to it as Base44 does: with the service
 * token, the app and the server in headers.
 */
export class FunctionsHost {
  /** The output of the function. */
  output = '';
  /** The URL of each request that arrived. */
  readonly requests: string[] = [];
  /** The URL that the function sees. */
  pathSeen: (path: string) => string = (path) => path;
  readonly #base44: Base44Emulator;
  readonly #deno: ChildProcess;
  readonly #functionPort: number;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #server = createServer((request, response) => {
    this.#forward(request, response);
  });
  #opened: OpenServer | undefined;

  private constructor(base44: Base44Emulator, deno: ChildProcess, functionPort: number) {
    this.#base44 = base44;
    this.#deno = deno;
    this.#functionPort = functionPort;
    for (const stream of [deno.stdout, deno.stderr]) {
      stream?.on('data', (chunk) => (this.output += String(chunk)));
    }
  }

  /**
   * @param entry - the file of the function, below a folder whose `node_modules` has `@base44/sdk`
   * @param secrets - the secrets of the app
   */
  static async start(
    base44: Base44Emulator,
    entry: string,
    secrets: Readonly<Record<string, string>>,
  ): Promise<FunctionsHost> {
    const port = await findFreePort();
    const args = ['run', '--allow-all', '--no-check', '--node-modules-dir=manual', entry];
    const machine = MACHINE.map((name) => [name, process.env[name]] as const);
    const env = {
      ...Object.fromEntries(machine.filter(([, value]) => value !== undefined)),
      ...secrets,
      DENO_SERVE_ADDRESS: `tcp:127.0.0.1:${port}`,
    };
    const deno = spawn('deno', args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const host = new FunctionsHost(base44, deno, port);
    await host.#listening().catch(async (failure: unknown) => {
      await host.close();
      throw failure;
    });
    host.#opened = await openServer(host.#server);
    return host;
  }

  /** The host of the app: `http://127.0.0.1:PORT`. */
  get origin(): string {
    return this.#opened!.url;
  }

  /** The host and port of the app. */
  get host(): string {
    return new URL(this.origin).host;
  }

  /** The URL of the function that Base44 documents. */
  get url(): string {
    return `${this.origin}/functions/connectors-broker`;
  }

  /** The other URL of the function, below the API of Base44. */
  get apiUrl(): string {
    return `${this.origin}/api/apps/${this.#base44.appId}/functions/connectors-broker`;
  }

  /** The memory of Deno and the function. */
  get residentBytes(): number {
    const { stdout } = spawnSync('ps', ['-o', 'rss=', '-p', String(this.#deno.pid)]);
    return Number(stdout.toString()) * 1024;
  }

  async close(): Promise<void> {
    await this.#opened?.close();
    this.#agent.destroy();
    const isRunning = this.#deno.exitCode === null && this.#deno.signalCode === null;
    if (isRunning && this.#deno.kill('SIGKILL')) await once(this.#deno, 'exit');
  }

  async #listening(): Promise<void> {
    const deadlineAtMs = performance.now() + START_MS;
    while (!/[Ll]istening/.test(this.output)) {
      if (this.#deno.exitCode !== null) throw new Error(`the function ended: ${this.output}`);
      if (performance.now() > deadlineAtMs) throw new Error(`it never listened: ${this.output}`);
      await sleep(20);
    }
  }

  #forward(request: IncomingMessage, response: ServerResponse): void {
    const { appId, url, serviceToken } = this.#base44;
    const path = request.url ?? '/';
    this.requests.push(path);
    const forwarded = send(
      {
        host: '127.0.0.1',
        port: this.#functionPort,
        agent: this.#agent,
        method: request.method,
        path: this.pathSeen(path),
        headers: {
          ...toHeaders(request),
          'base44-app-id': appId,
          'base44-api-url': url,
          'base44-service-authorization': `Bearer ${serviceToken}`,
        },
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    // A function may respond and close the connection before it has read the whole request.
    forwarded.on('error', () => {
      if (!response.headersSent) response.destroy();
    });
    response.on('close', () => forwarded.destroy());
    request.pipe(forwarded);
  }
}

/** Includes repeated headers, some of which Node.js drops. */
function toHeaders({ headersDistinct }: IncomingMessage): Record<string, string | string[]> {
  const headers = Object.entries(headersDistinct).map(([name, values = []]) => {
    const [value, ...more] = values;
    return [name, value === undefined || more.length > 0 ? values : value] as const;
  });
  return Object.fromEntries(headers);
}
