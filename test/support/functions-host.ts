import {
  Agent,
  createServer,
  type IncomingMessage,
  request as send,
  type ServerResponse,
} from 'node:http';
import type { Base44Emulator } from 'nestjs-base44-connectors/testing';
import { type OpenServer, openServer } from './open-server.js';

/** A backend function that listens on loopback. */
export interface RunningFunction {
  readonly port: number;
  /** Whether a connection stays open after a request whose body the function has not read. */
  readonly keepsAlive: boolean;
  /** What it prints. */
  output: string;
  /** The memory of its process. */
  readonly residentBytes: number;
  close(): Promise<void>;
}

/**
 * Forwards requests to a backend function as Base44 does: with the service token, the app and the
 * server in headers.
 */
export class FunctionsHost {
  /** The URL of each request that arrived. */
  readonly requests: string[] = [];
  /** The URL that the function sees. */
  pathSeen: (path: string) => string = (path) => path;
  /** The server that the function sees. */
  serverUrlSeen: string;
  readonly #base44: Base44Emulator;
  readonly #agent: Agent;
  readonly #server = createServer((request, response) => {
    this.#forward(request, response);
  });
  #opened!: OpenServer;

  private constructor(
    base44: Base44Emulator,
    readonly running: RunningFunction,
  ) {
    this.#base44 = base44;
    this.serverUrlSeen = base44.url;
    this.#agent = new Agent({ keepAlive: running.keepsAlive });
  }

  static async start(base44: Base44Emulator, running: RunningFunction): Promise<FunctionsHost> {
    const host = new FunctionsHost(base44, running);
    host.#opened = await openServer(host.#server);
    return host;
  }

  /** The host of the app: `http://127.0.0.1:PORT`. */
  get origin(): string {
    return this.#opened.url;
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

  async close(): Promise<void> {
    await this.#opened.close();
    this.#agent.destroy();
    await this.running.close();
  }

  #forward(request: IncomingMessage, response: ServerResponse): void {
    const { appId, serviceToken } = this.#base44;
    const path = request.url ?? '/';
    this.requests.push(path);
    const forwarded = send(
      {
        host: '127.0.0.1',
        port: this.running.port,
        agent: this.#agent,
        method: request.method,
        path: this.pathSeen(path),
        headers: {
          ...toHeaders(request),
          'base44-app-id': appId,
          'base44-api-url': this.serverUrlSeen,
          'base44-service-authorization': `Bearer ${serviceToken}`,
        },
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
        answer.on('close', () => {
          if (!answer.complete) response.destroy();
        });
      },
    );
    // A function may respond and close the connection before it has read the whole request.
    forwarded.on('error', () => {
      if (!response.writableEnded) response.destroy();
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
