import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  request as send,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { freePort } from './free-port.js';

const isInstalled = spawnSync('deno', ['--version']).status === 0;

/**
 * `describe` for tests that need Deno, in which Base44 runs functions. Without it they do not run,
 * and say so; with REQUIRE_DENO=1 that is a failure.
 */
export function describeWithDeno(name: string, tests: () => void): void {
  if (isInstalled) {
    describe(name, tests);
    return;
  }
  it(`${name}: not tested, for want of deno`, () => {
    const message = 'deno is not installed: the tests of the broker did not run';
    if (process.env.REQUIRE_DENO === '1') throw new Error(message);
    console.warn(message);
  });
}

/**
 * Runs a backend function in Deno, and forwards requests to it as Base44 does: with the service
 * token, the app and the server in headers.
 */
export class FunctionsHost {
  /** What the function printed. */
  output = '';
  readonly #base44: Base44Emulator;
  readonly #deno: ChildProcess;
  readonly #functionPort: number;
  readonly #server = createServer((request, response) => {
    this.#forward(request, response);
  });

  private constructor(base44: Base44Emulator, deno: ChildProcess, functionPort: number) {
    this.#base44 = base44;
    this.#deno = deno;
    this.#functionPort = functionPort;
    for (const stream of [deno.stdout, deno.stderr]) {
      stream?.on('data', (chunk) => (this.output += String(chunk)));
    }
  }

  /**
   * @param entry - the function's file; above it there is a `node_modules` with `@base44/sdk`
   * @param secrets - of the app
   */
  static async start(
    base44: Base44Emulator,
    entry: string,
    secrets: Readonly<Record<string, string>>,
  ): Promise<FunctionsHost> {
    const port = await freePort();
    const args = ['run', '--allow-all', '--no-check', '--node-modules-dir=manual', entry];
    const env = { ...process.env, ...secrets, DENO_SERVE_ADDRESS: `tcp:127.0.0.1:${port}` };
    const deno = spawn('deno', args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const host = new FunctionsHost(base44, deno, port);
    await host.#listening();
    host.#server.listen(0, '127.0.0.1');
    await once(host.#server, 'listening');
    return host;
  }

  /** The address of the function, as Base44 documents it. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/functions/connectors-broker`;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    if (this.#deno.kill('SIGKILL')) await once(this.#deno, 'exit');
  }

  async #listening(): Promise<void> {
    while (!/[Ll]istening/.test(this.output)) {
      if (this.#deno.exitCode !== null) throw new Error(`the function ended: ${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  #forward(request: IncomingMessage, response: ServerResponse): void {
    const { appId, url, serviceToken } = this.#base44;
    const headers = {
      ...request.headers,
      'base44-app-id': appId,
      'base44-api-url': url,
      'base44-service-authorization': `Bearer ${serviceToken}`,
    };
    const forwarded = send(
      {
        host: '127.0.0.1',
        port: this.#functionPort,
        method: request.method,
        path: request.url,
        headers,
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    forwarded.on('error', () => response.destroy());
    request.pipe(forwarded);
  }
}
